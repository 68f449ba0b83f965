#include "headroom/weights/tensor_file.h"

#include "headroom/core/wrong_file.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/posix_file.h"
#include "headroom/weights/tensor_header.h"

#include "gguf_header.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace headroom {

struct TensorFile::Impl {
  explicit Impl(const std::filesystem::path& file);
  void take(TensorHeader header, std::span<const std::byte> data);

  std::filesystem::path path;
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

TensorFile::Impl::Impl(const std::filesystem::path& file) : path(file), mapped(file) {
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
const FileStamp& TensorFile::stamp() const { return impl_->mapped.stamp(); }

void TensorFile::read(const TensorView& tensor, std::size_t begin,
                      std::span<std::byte> into) const {
  const auto at =
      static_cast<std::size_t>(tensor.data.data() - impl_->mapped.bytes().data()) + begin;
  if (!impl_->mapped.read(at, into)) {
    fail_model_file(impl_->path, say("was cut or cannot be read any more; download it again"));
  }
}

void TensorFile::expect(std::string_view prefix) const {
  // Tensors that belong together lie together: one request for each stretch of them.
  const std::byte* const base = impl_->mapped.bytes().data();
  std::size_t begin = 0, end = 0;
  for (auto it = impl_->tensors.lower_bound(prefix);
       it != impl_->tensors.end() && it->first.starts_with(prefix); ++it) {
    const std::span<const std::byte> data = it->second.data;
    if (data.empty()) continue;
    const auto at = static_cast<std::size_t>(data.data() - base);
    if (at != end) {
      impl_->mapped.expect(begin, end - begin);
      begin = at;
    }
    end = at + data.size();
  }
  impl_->mapped.expect(begin, end - begin);
}

}  // namespace headroom
