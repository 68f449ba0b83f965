#include "headroom/weights/tensor_file.h"

#include "headroom/weights/model_file_error.h"
#include "headroom/weights/posix_file.h"

#include "tensor_container.h"

namespace headroom {

struct TensorFile::Impl {
  explicit Impl(const std::filesystem::path& file)
      : path(file),
        mapped(file),
        kind(container_of(mapped.bytes())),
        contents(kind.read(mapped.bytes(), path)) {}

  std::filesystem::path path;
  MappedFile mapped;
  const TensorContainer& kind;
  TensorContents contents;
};

TensorFile::TensorFile(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file)) {}
TensorFile::~TensorFile() = default;
TensorFile::TensorFile(TensorFile&&) noexcept = default;
TensorFile& TensorFile::operator=(TensorFile&&) noexcept = default;

const std::map<std::string, TensorView, std::less<>>& TensorFile::tensors() const {
  return impl_->contents.tensors;
}

const std::map<std::string, std::string>& TensorFile::metadata() const {
  return impl_->contents.metadata;
}

Container TensorFile::container() const { return impl_->kind.container; }
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
  // Tensors of a network mostly lie together: one request for each contiguous stretch.
  const std::byte* const base = impl_->mapped.bytes().data();
  std::size_t begin = 0, end = 0;
  for (auto it = impl_->contents.tensors.lower_bound(prefix);
       it != impl_->contents.tensors.end() && it->first.starts_with(prefix); ++it) {
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
