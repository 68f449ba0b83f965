// libFuzzer's entry: one input is one weight file, read in full as the program would.
#include "headroom/core/error.h"
#include "headroom/weights/dequantise.h"
#include "headroom/weights/file_kind.h"
#include "headroom/weights/stored_tensors.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace {

void read_rows(const headroom::StoredTensor& tensor) {
  if (tensor.coding == headroom::Coding::kPlain && !headroom::has_own_values(tensor.codes.dtype))
    return;
  const std::int64_t rows = headroom::row_count(tensor.shape);
  if (rows == 0) return;  // whose width takes no bytes and may be anything
  std::vector<float> row(static_cast<std::size_t>(headroom::row_width(tensor.shape)));
  if (row.empty()) return;
  for (std::int64_t i = 0; i < rows; ++i) headroom::dequantise(tensor, i, 1, row);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int file = memfd_create("weights", 0);
  if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) < 0) std::abort();
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  try {
    const headroom::TensorFile opened(path);
    (void)headroom::tell_kind(opened);
    const auto stored = headroom::read_stored_tensors(opened.tensors(), opened.metadata(), path);
    for (const auto& [name, tensor] : stored) {
      (void)headroom::format_name(tensor);
      read_rows(tensor);
    }
  } catch (const headroom::Error& error) {
    if (error.kind() != headroom::ErrorKind::kModelFile) std::abort();
  }
  return 0;
}
