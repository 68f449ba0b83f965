#include "headroom/weights/tensor_writer.h"

#include "headroom/core/error.h"
#include "headroom/core/generation.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/posix_file.h"
#include "headroom/weights/tensor_header.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <set>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace headroom {

void fail_io(const std::filesystem::path& file, const Message& what, int error) {
  throw Error(ErrorKind::kIo,
              say("{0}: {1} ({2}); check the folder, its permissions and the free space", file,
                  what, say_errno(error)));
}

void write_all(int fd, const void* data, std::size_t size, const std::filesystem::path& file) {
  const auto* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(fd, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_io(file, say("cannot be written"), errno);
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
}

void sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() >= 0) (void)::fsync(fd.get());
}

namespace {

[[noreturn]] void fail_argument(const std::filesystem::path& file, const std::string& fault) {
  throw Error(ErrorKind::kInternal, file.string() + ": cannot be written, since " + fault +
                                        "; please report this as a fault of the program");
}

void check_arguments(const std::filesystem::path& file, std::span<const NamedTensor> tensors,
                     const std::map<std::string, std::string>& metadata) {
  std::set<std::string_view> names;
  for (const NamedTensor& tensor : tensors) {
    const std::string name = "tensor " + in_quotes(tensor.name);
    if (!is_valid_utf8(tensor.name)) fail_argument(file, name + " has a name that is not UTF-8");
    if (tensor.name == kMetadataKey) fail_argument(file, name + " has a reserved name");
    if (!names.insert(tensor.name).second) fail_argument(file, name + " is given twice");
    if (tensor_type(tensor.dtype).block_values != 1)
      fail_argument(file, name + " is in a format of GGUF's");
    if (tensor.shape.size() > kMaxRank) fail_argument(file, name + " has too many dimensions");
    const std::optional<std::int64_t> expected = tensor_bytes(tensor.dtype, tensor.shape);
    if (!expected || static_cast<std::uint64_t>(*expected) != tensor.data.size()) {
      fail_argument(file, name + " has " + std::to_string(tensor.data.size()) +
                              " bytes of data, which is not what its shape asks for");
    }
  }
  for (const auto& [key, value] : metadata) {
    if (!is_valid_utf8(key) || !is_valid_utf8(value)) {
      fail_argument(file, "the metadata " + in_quotes(key) + " is not UTF-8");
    }
  }
}

// Widest elements first: as the header's length is a multiple of 8, every tensor is then aligned.
std::vector<const NamedTensor*> file_order(std::span<const NamedTensor> tensors) {
  std::vector<const NamedTensor*> order;
  order.reserve(tensors.size());
  for (const NamedTensor& tensor : tensors) order.push_back(&tensor);
  std::stable_sort(order.begin(), order.end(), [](const NamedTensor* a, const NamedTensor* b) {
    return tensor_type(a->dtype).block_bytes > tensor_type(b->dtype).block_bytes;
  });
  return order;
}

// A new file beside the target; removed again unless it was renamed to the target.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& target) : target_(target) {
    for (int attempt = 0; fd_.get() < 0; ++attempt) {
      path_ = folder() /
              (".headroom-" + std::to_string(::getpid()) + "-" + std::to_string(attempt) + ".tmp");
      fd_ = FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
      const int error = errno;
      if (fd_.get() < 0 && error != EEXIST) {
        path_.clear();
        fail_io(target_, say("a temporary file beside it cannot be created"), error);
      }
    }
  }
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(const void* data, std::size_t size) { write_all(fd_.get(), data, size, target_); }

  // After this the target is complete even if the machine loses power.
  void commit() {
    if (::fsync(fd_.get()) != 0) fail_io(target_, say("cannot be written"), errno);
    if (::close(fd_.release()) != 0) fail_io(target_, say("cannot be written"), errno);
    if (::rename(path_.c_str(), target_.c_str()) != 0)
      fail_io(target_, say("cannot be replaced"), errno);
    path_.clear();
    // The rename itself is only safe when the folder is synced. Some file systems cannot do that;
    // the file is complete either way.
    sync_folder(folder());
  }

 private:
  [[nodiscard]] std::filesystem::path folder() const {
    const std::filesystem::path parent = target_.parent_path();
    return parent.empty() ? std::filesystem::path(".") : parent;
  }

  std::filesystem::path target_;
  std::filesystem::path path_;  // empty when there is nothing to remove
  FileDescriptor fd_;
};

}  // namespace

std::string tensor_file_header(const std::filesystem::path& file,
                               const std::vector<const NamedTensor*>& order,
                               const std::map<std::string, std::string>& metadata) {
  std::string text = "{";
  const auto add = [&text](std::string_view key, const nlohmann::ordered_json& value) {
    text += (text.size() > 1 ? "," : "") + nlohmann::ordered_json(key).dump() + ":" + value.dump();
  };
  if (!metadata.empty()) add(kMetadataKey, metadata);
  std::int64_t offset = 0;
  for (const NamedTensor* tensor : order) {
    const std::int64_t end = offset + tensor_bytes(tensor->dtype, tensor->shape).value_or(0);
    add(tensor->name, {{"dtype", dtype_name(tensor->dtype)},
                       {"shape", tensor->shape},
                       {"data_offsets", {offset, end}}});
    offset = end;
  }
  text += "}";
  text.append((8 - text.size() % 8) % 8, ' ');
  if (text.size() > kMaxHeaderBytes) {
    fail_argument(file, "its header would be longer than the format allows");
  }
  std::string header;
  for (int i = 0; i < 8; ++i) header += static_cast<char>(text.size() >> (8 * i) & 0xFF);
  return header + text;
}

void write_tensor_file(const std::filesystem::path& file, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata) {
  check_arguments(file, tensors, metadata);
  const std::vector<const NamedTensor*> order = file_order(tensors);
  const std::string header = tensor_file_header(file, order, metadata);
  TemporaryFile temporary(file);
  temporary.write(header.data(), header.size());
  for (const NamedTensor* tensor : order) {
    temporary.write(tensor->data.data(), tensor->data.size());
  }
  temporary.commit();
}

std::string tensor_file_bytes(const std::filesystem::path& file,
                              std::span<const NamedTensor> tensors,
                              const std::map<std::string, std::string>& metadata) {
  check_arguments(file, tensors, metadata);
  const std::vector<const NamedTensor*> order = file_order(tensors);
  std::string bytes = tensor_file_header(file, order, metadata);
  for (const NamedTensor* const tensor : order) {
    bytes.append(reinterpret_cast<const char*>(tensor->data.data()), tensor->data.size());
  }
  return bytes;
}

}  // namespace headroom
