// libFuzzer's entry: one input is one file of torch.save(), in either of its formats, or only the
// pickle in it, since a zip archive around that is hardly found by chance: which one, its first
// bytes say.
#include "headroom/core/error.h"
#include "headroom/weights/upscaler_file.h"

#include "pickle_reader.h"
#include "torch_legacy.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

namespace {

void read_pickle(std::span<const std::byte> pickle) {
  (void)headroom::read_pickled_table(pickle, "pickle");
}

void read_file(std::span<const std::byte> bytes) {
  static const int file = memfd_create("torch", 0);
  if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, bytes.data(), bytes.size(), 0) < 0) {
    std::abort();
  }
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  const headroom::TorchFile opened(path);
  static volatile unsigned sum = 0;  // so that every byte is really read
  for (const auto& [name, view] : opened.tensors()) {
    for (const std::byte b : view.data) sum = sum + std::to_integer<unsigned>(b);
  }
  (void)headroom::UpscalerFile(path).what();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = std::as_bytes(std::span(data, size));
  try {
    // A whole file begins with the P of its zip archive, or with the magic number of the older
    // format; only what lies behind that is to be found by chance.
    if (data[0] == 'P' || headroom::starts_as_legacy_torch(bytes)) {
      read_file(bytes);
    } else {
      read_pickle(bytes);
    }
  } catch (const headroom::Error& error) {
    if (error.kind() != headroom::ErrorKind::kModelFile) std::abort();
  }
  return 0;
}
