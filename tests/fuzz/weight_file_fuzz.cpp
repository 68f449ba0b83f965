// libFuzzer's entry: one input is one weight file, read in full as the program would.
#include "headroom/core/error.h"
#include "headroom/model_files/lora_file.h"
#include "headroom/weights/dequantize.h"
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
  for (std::int64_t i = 0; i < rows; ++i) headroom::dequantize(tensor, i, 1, row);
}

void read_matrix(const headroom::LoraFile& file, const headroom::LoraMatrix& matrix) {
  std::vector<float> row(static_cast<std::size_t>(matrix.columns));
  for (std::int64_t i = 0; i < matrix.rows; ++i) file.read(matrix, i, 1, row);
}

// As a LoRA for a transformer of the size that the seeds have.
void read_lora(const std::string& path) {
  static const std::vector<headroom::NamedMatrix> network{
      {"layers.0.attention.to_q.weight", 8, 8},
      {"layers.0.attention.to_k.weight", 8, 8},
      {"layers.0.attention.to_v.weight", 8, 8},
      {"layers.0.attention.to_out.0.weight", 8, 8}};
  try {
    const headroom::LoraFile file(path, network);
    for (const headroom::MatrixChange& change : file.changes()) {
      read_matrix(file, change.first.left);
      if (change.first.right) read_matrix(file, *change.first.right);
      if (!change.second) continue;
      read_matrix(file, change.second->left);
      if (change.second->right) read_matrix(file, *change.second->right);
    }
  } catch (const headroom::Error& error) {
    if (error.kind() != headroom::ErrorKind::kModelFile) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int file = memfd_create("weights", 0);
  if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) < 0) std::abort();
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  read_lora(path);
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
