#include "headroom/weights/torch_file.h"

#include "headroom/core/wrong_file.h"
#include "headroom/weights/file_kind.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/posix_file.h"
#include "headroom/weights/tensor_header.h"

#include "pickle_reader.h"
#include "torch_legacy.h"
#include "zip_archive.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace headroom {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::string_view kPickle = "/data.pkl";

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool starts_as_zip(std::string_view start) { return start.starts_with("PK\x03\x04"); }
// A pickle of protocol 2 to 5.
bool starts_as_pickle(std::string_view start) {
  return start.size() > 1 && start[0] == '\x80' && start[1] >= 2 && start[1] <= 5 &&
         !starts_as_safetensors(start);
}

// Whether the values are contiguous in row-major order; extents of 1 may have any stride.
bool lies_in_order(const PickledTensor& tensor) {
  if (std::ranges::find(tensor.shape, 0) != tensor.shape.end()) return true;  // has no values
  std::int64_t expected = 1;
  for (std::size_t i = tensor.shape.size(); i-- > 0;) {
    if (tensor.shape[i] != 1 && tensor.strides[i] != expected) return false;
    expected *= tensor.shape[i];
  }
  return true;
}

[[noreturn]] void refuse(const std::filesystem::path& file, const Message& fault) {
  fail_model_file(file,
                  say("{0}; the file is damaged or not one of PyTorch's, so download it again",
                      fault_of(say("the zip archive"), fault)));
}

TorchContents read_archive(Bytes bytes, const std::filesystem::path& file) {
  std::string root;  // "archive/"
  Bytes pickle;
  const ZipMembers members = read_zip(bytes, file);
  for (const auto& [name, member] : members) {
    if (!name.ends_with(kPickle)) continue;
    if (!root.empty()) refuse(file, say("has two tables of tensors"));
    root = name.substr(0, name.size() - kPickle.size() + 1);
    pickle = member;
  }
  if (root.empty()) refuse(file, say("has no data.pkl, the table of its tensors"));
  if (pickle.size() > kMostTableBytes) refuse(file, say("has a table of tensors beyond any size"));
  const auto order = members.find(root + "byteorder");
  if (order != members.end() && text_of(order->second) != "little")
    refuse(file, say("has its bytes in the order of another kind of processor"));
  TorchContents contents{read_pickled_table(pickle, file), {}};
  for (const auto& [key, dtype] : contents.table.storages) {
    const auto storage = members.find(root + "data/" + key);
    if (storage != members.end()) contents.storages.emplace(key, storage->second);
  }
  return contents;
}

TensorView view_of(const std::string& name, const PickledTensor& tensor,
                   const TorchContents& contents, const std::filesystem::path& file) {
  const auto refuse = [&](const Message& fault) {
    fail_model_file(file, say("{0}; choose the same model as .safetensors, or save it so with "
                              "PyTorch",
                              fault_of(say("tensor {0}", in_quotes(name)), fault)));
  };
  const auto storage = contents.storages.find(tensor.storage);
  if (storage == contents.storages.end()) refuse(say("has no values in the file"));
  const std::optional<std::int64_t> bytes = tensor_bytes(tensor.dtype, tensor.shape);
  const auto item = static_cast<std::int64_t>(tensor_type(tensor.dtype).bytes(1));
  const auto available = static_cast<std::int64_t>(storage->second.size());
  if (!bytes || tensor.offset > available / item || *bytes > available - tensor.offset * item)
    refuse(say("reaches beyond its values in the file"));
  if (!lies_in_order(tensor)) refuse(say("is stored in another order than its shape's"));
  return {tensor.dtype, tensor.shape,
          storage->second.subspan(static_cast<std::size_t>(tensor.offset * item),
                                  static_cast<std::size_t>(*bytes))};
}

}  // namespace

struct TorchFile::Impl {
  explicit Impl(const std::filesystem::path& file) : mapped(file) {
    const TorchContents contents = read(mapped.bytes(), file);
    for (const auto& [name, tensor] : contents.table.tensors)
      tensors.emplace(name, view_of(name, tensor, contents, file));
  }

  static TorchContents read(Bytes bytes, const std::filesystem::path& file) {
    const std::string_view start = text_of(bytes.first(std::min<std::size_t>(bytes.size(), 256)));
    if (starts_as_zip(start)) return read_archive(bytes, file);
    if (starts_as_legacy_torch(bytes)) return read_legacy_torch(bytes, file);
    if (starts_as_pickle(start)) {
      fail_model_file(file,
                      say("is a Python pickle, but not as torch.save() writes one; choose the "
                          "same model as .safetensors, or save it so with PyTorch"));
    }
    const Message wrong = wrong_file(start);
    fail_model_file(file, wrong.empty()
                              ? say("is no file of PyTorch's torch.save(); download it again")
                              : wrong);
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
