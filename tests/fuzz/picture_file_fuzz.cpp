// libFuzzer's entry: what pictures of other programs say of themselves. The first byte says where
// the rest stands: in a file as it is, in an entry of a JPEG, or in a text by a known name, which
// in a PNG would be behind a checksum.
#include "headroom/core/error.h"
#include "headroom/image/picture_info.h"
#include "headroom/records/find_settings.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

namespace {

using namespace std::string_view_literals;

constexpr std::array<std::string_view, 3> kEntries{""sv, "Exif\0\0"sv,
                                                   "http://ns.adobe.com/xap/1.0/\0"sv};
constexpr std::array<const char*, 8> kTexts{"headroom", "parameters", "prompt",      "workflow",
                                            "Comment",  "Dream",      "sd-metadata", "UserComment"};

std::string jpeg_with(std::string_view head, std::string_view entry) {
  const std::size_t length = std::min<std::size_t>(2 + head.size() + entry.size(), 0xFFFF);
  std::string file = "\xFF\xD8\xFF\xE1";
  file += static_cast<char>(length >> 8);
  file += static_cast<char>(length & 255);
  file += std::string(head) + std::string(entry);
  return file + "\xFF\xD9";
}

void read_file(const std::string& bytes) {
  static const int file = memfd_create("picture", 0);
  if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, bytes.data(), bytes.size(), 0) < 0) {
    std::abort();
  }
  try {
    (void)headroom::read_picture_info("/proc/self/fd/" + std::to_string(file));
  } catch (const headroom::Error& error) {
    if (error.kind() != headroom::ErrorKind::kIo) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t place = data[0] % (kEntries.size() + kTexts.size());
  const std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (place >= kEntries.size()) {
    (void)headroom::find_settings({{kTexts[place - kEntries.size()], rest}});
  } else {
    read_file(place == 0 ? rest : jpeg_with(kEntries[place], rest));
  }
  return 0;
}
