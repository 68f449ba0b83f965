#include "headroom/weights/tensor_file.h"

#include "headroom/core/wrong_file.h"

#include "gguf_header.h"
#include "message.h"
#include "posix_file.h"
#include "tensor_header.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace headroom {

struct TensorFile::Impl {
  explicit Impl(const std::filesystem::path& file);
  void take(TensorHeader header, std::span<const std::byte> data);

  MappedFile mapped;
  Container container = Container::kSafetensors;
  std::map<std::string, TensorView, std::less<>> tensors;
  std::map<std::string, std::string> metadata;
};

namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::size_t kStart = 256;  // tells other kinds of files

std::uint64_t read_length(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = kLengthBytes; i-- > 0;) {
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  }
  return value;
}

}  // namespace

TensorFile::Impl::Impl(const std::filesystem::path& file) : mapped(file) {
  const std::span<const std::byte> bytes = mapped.bytes();
  if (is_gguf(bytes)) {
    container = Container::kGguf;
    GgufHeader gguf = parse_gguf_header(bytes, file);
    take(std::move(gguf.header), bytes.subspan(gguf.data_begin));
    return;
  }
  const Message wrong =
      wrong_file({reinterpret_cast<const char*>(bytes.data()), std::min(kStart, bytes.size())});
  if (!wrong.empty()) fail_model_file(file, wrong);
  if (bytes.size() < kLengthBytes) {
    fail_model_file(file, "is only " + std::to_string(bytes.size()) +
                              " bytes long, which no safetensors file is; download it again");
  }
  const std::uint64_t length = read_length(bytes);
  const std::uint64_t rest = bytes.size() - kLengthBytes;
  if (length > kMaxHeaderBytes || length > rest) {
    fail_model_file(file, "says that its header is " + std::to_string(length) +
                              " bytes long, but " +
                              (length > rest ? std::to_string(rest) + " follow"
                                             : std::to_string(kMaxHeaderBytes) + " is the limit") +
                              "; the file is incomplete or not a safetensors file, so download it "
                              "again");
  }
  const std::span<const std::byte> text = bytes.subspan(kLengthBytes, length);
  const std::span<const std::byte> data = bytes.subspan(kLengthBytes + length);
  take(parse_tensor_header({reinterpret_cast<const char*>(text.data()), text.size()}, data.size(),
                           file),
       data);
}

void TensorFile::Impl::take(TensorHeader header, std::span<const std::byte> data) {
  metadata = std::move(header.metadata);
  while (!header.tensors.empty()) {  // node by node, so that names are never held twice
    auto node = header.tensors.extract(header.tensors.begin());
    HeaderEntry& entry = node.mapped();
    tensors.emplace_hint(tensors.end(), std::move(node.key()),
                         TensorView{entry.dtype, std::move(entry.shape),
                                    data.subspan(entry.begin, entry.end - entry.begin)});
  }
}

TensorFile::TensorFile(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file)) {}
TensorFile::~TensorFile() = default;
TensorFile::TensorFile(TensorFile&&) noexcept = default;
TensorFile& TensorFile::operator=(TensorFile&&) noexcept = default;

const std::map<std::string, TensorView, std::less<>>& TensorFile::tensors() const {
  return impl_->tensors;
}

const std::map<std::string, std::string>& TensorFile::metadata() const { return impl_->metadata; }

Container TensorFile::container() const { return impl_->container; }

}  // namespace headroom
