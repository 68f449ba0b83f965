#include "headroom/core/wrong_file.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/tensor_header.h"

#include "tensor_container.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace headroom {
namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::size_t kStart = 256;  // enough to recognise other kinds of files

std::uint64_t read_length(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = kLengthBytes; i-- > 0;) {
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  }
  return value;
}

}  // namespace

TensorContents read_safetensors(std::span<const std::byte> bytes,
                                const std::filesystem::path& file) {
  const Message wrong =
      wrong_file({reinterpret_cast<const char*>(bytes.data()), std::min(kStart, bytes.size())});
  if (!wrong.empty()) fail_model_file(file, wrong);
  if (bytes.size() < kLengthBytes) {
    fail_model_file(file,
                    say("is only {0} bytes long, which no safetensors file is; download it again",
                        bytes.size()));
  }
  const std::uint64_t length = read_length(bytes);
  const std::uint64_t rest = bytes.size() - kLengthBytes;
  if (length > kMaxHeaderBytes || length > rest) {
    fail_model_file(
        file,
        say("says that its header is {0} bytes long, but {1}; the file is incomplete or not "
            "a safetensors file, so download it again",
            length,
            length > rest ? say("{0} follow", rest) : say("{0} is the limit", kMaxHeaderBytes)));
  }
  const std::span<const std::byte> text = bytes.subspan(kLengthBytes, length);
  const std::span<const std::byte> data = bytes.subspan(kLengthBytes + length);
  return views_of(parse_tensor_header({reinterpret_cast<const char*>(text.data()), text.size()},
                                      data.size(), file),
                  data);
}

}  // namespace headroom
