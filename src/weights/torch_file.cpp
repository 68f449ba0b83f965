#include "headroom/core/wrong_file.h"
#include "headroom/weights/file_kind.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/posix_file.h"
#include "headroom/weights/tensor_header.h"
#include "headroom/weights/torch_file.h"

#include "pickle_reader.h"
#include "zip_archive.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace headroom {
namespace {

using Bytes = std::span<const std::byte>;

// A table of tensors takes some 200 bytes a tensor.
constexpr std::size_t kMostPickleBytes = 16 * 1024 * 1024;
constexpr std::string_view kPickle = "/data.pkl";

bool starts_as_zip(std::string_view start) { return start.starts_with("PK\x03\x04"); }
// A pickle of protocol 2 to 5.
bool starts_as_pickle(std::string_view start) {
  return start.size() > 1 && start[0] == '\x80' && start[1] >= 2 && start[1] <= 5;
}

// As the last axis is next to each other; extents of 1 may have any stride.
bool lies_in_order(const PickledTensor& tensor) {
  if (std::ranges::find(tensor.shape, 0) != tensor.shape.end()) return true;  // of no values
  std::int64_t expected = 1;
  for (std::size_t i = tensor.shape.size(); i-- > 0;) {
    if (tensor.shape[i] != 1 && tensor.strides[i] != expected) return false;
    expected *= tensor.shape[i];
  }
  return true;
}

class Opener {
 public:
  Opener(const ZipMembers& members, const std::filesystem::path& file)
      : members_(members), file_(file) {
    for (const auto& [name, bytes] : members_) {
      if (!name.ends_with(kPickle)) continue;
      if (!root_.empty()) refuse(say("has two tables of tensors"));
      root_ = name.substr(0, name.size() - kPickle.size() + 1);
      pickle_ = bytes;
    }
    if (root_.empty()) refuse(say("has no data.pkl, the table of its tensors"));
    if (pickle_.size() > kMostPickleBytes) refuse(say("has a table of tensors beyond any size"));
    const auto order = members_.find(root_ + "byteorder");
    if (order != members_.end() && text(order->second) != "little") {
      refuse(say("has its bytes in the order of another kind of processor"));
    }
  }

  [[nodiscard]] std::map<std::string, TensorView, std::less<>> tensors() const {
    std::map<std::string, TensorView, std::less<>> views;
    for (auto& [name, tensor] : read_pickled_tensors(pickle_, file_)) {
      views.emplace(name, view(name, tensor));
    }
    return views;
  }

 private:
  [[noreturn]] void refuse(const Message& fault) const {
    fail_model_file(file_, say("{0}; the file is damaged or not one of PyTorch's, so download it "
                               "again",
                               fault_of(say("the zip archive"), fault)));
  }
  [[noreturn]] void refuse(const std::string& name, const Message& fault) const {
    fail_model_file(file_, say("{0}; choose the same model as .safetensors, or save it so with "
                               "PyTorch",
                               fault_of(say("tensor {0}", in_quotes(name)), fault)));
  }
  static std::string_view text(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  [[nodiscard]] TensorView view(const std::string& name, const PickledTensor& tensor) const {
    const auto storage = members_.find(root_ + "data/" + tensor.storage);
    if (storage == members_.end()) refuse(name, say("has no values in the file"));
    const std::optional<std::int64_t> bytes = tensor_bytes(tensor.dtype, tensor.shape);
    const auto item = static_cast<std::int64_t>(tensor_type(tensor.dtype).bytes(1));
    const auto available = static_cast<std::int64_t>(storage->second.size());
    if (!bytes || tensor.offset > available / item || *bytes > available - tensor.offset * item) {
      refuse(name, say("reaches beyond its values in the file"));
    }
    if (!lies_in_order(tensor)) refuse(name, say("is stored in another order than its shape's"));
    return {tensor.dtype, tensor.shape,
            storage->second.subspan(static_cast<std::size_t>(tensor.offset * item),
                                    static_cast<std::size_t>(*bytes))};
  }

  const ZipMembers& members_;
  const std::filesystem::path& file_;
  std::string root_;  // "archive/"
  Bytes pickle_;
};

}  // namespace

struct TorchFile::Impl {
  explicit Impl(const std::filesystem::path& file) : mapped(file) {
    const Bytes bytes = mapped.bytes();
    const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                                 std::min<std::size_t>(bytes.size(), 256));
    if (starts_as_pickle(start)) {
      fail_model_file(file, say("is in the format of PyTorch before 1.6, which is not read; choose "
                                "the same model as .safetensors, or save it so with PyTorch"));
    }
    if (!starts_as_zip(start)) {
      const Message wrong = wrong_file(start);
      fail_model_file(file, wrong.empty() ? say("is no file of PyTorch's torch.save(); download it "
                                                "again")
                                          : wrong);
    }
    const ZipMembers members = read_zip(bytes, file);
    tensors = Opener(members, file).tensors();
  }

  MappedFile mapped;
  std::map<std::string, TensorView, std::less<>> tensors;
};

TorchFile::TorchFile(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file)) {}
TorchFile::~TorchFile() = default;
TorchFile::TorchFile(TorchFile&&) noexcept = default;
TorchFile& TorchFile::operator=(TorchFile&&) noexcept = default;

const std::map<std::string, TensorView, std::less<>>& TorchFile::tensors() const {
  return impl_->tensors;
}

bool looks_like_torch_file(const std::filesystem::path& file) {
  const std::string start = file_start(file);
  return starts_as_zip(start) || starts_as_pickle(start);
}

}  // namespace headroom
