#include "headroom/weights/weight_files.h"

#include <system_error>

namespace headroom {

std::int64_t weight_file_bytes(const std::filesystem::path& folder) {
  std::int64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".safetensors") continue;
    std::error_code unreadable;
    const std::uintmax_t size = entry.file_size(unreadable);
    if (!unreadable) bytes += static_cast<std::int64_t>(size);
  }
  return bytes;
}

}  // namespace headroom
