#pragma once
#include "headroom/core/message.h"
#include "headroom/weights/tensor_type.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// Tells a file apart from another that has or had the same name.
struct FileStamp {
  std::int64_t bytes = 0;
  std::int64_t changed_ns = 0;  // modification time, since 1970
  std::uint64_t inode = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// One tensor in a mapped file. `data` stays valid while the object that handed it out lives, even
// when that object is moved. It may not be aligned to its element size, since the format does not
// require it.
struct TensorView {
  DType dtype = DType::kF32;
  // Empty = scalar; the last extent is a multiple of a block's values.
  std::vector<std::int64_t> shape;
  std::span<const std::byte> data;  // little-endian, row-major, all blocks
};

// The kinds of files that hold tensors. How each is read is a line of
// src/weights/tensor_container.cpp.
enum class Container { kSafetensors, kGguf };
[[nodiscard]] std::string_view container_name(Container container);  // "safetensors", "gguf"

// The tensors of one file of any of these kinds, which is recognised by its content. The file is
// memory-mapped: opening reads only the header. Immutable; any number of threads may read one.
class TensorFile {
 public:
  // Throws Error{kModelFile} with one sentence naming the file and the fault, for anything that the
  // format forbids. Never allocates more than the header's own size suggests.
  explicit TensorFile(const std::filesystem::path& file);
  ~TensorFile();
  TensorFile(TensorFile&&) noexcept;
  TensorFile& operator=(TensorFile&&) noexcept;

  [[nodiscard]] const std::map<std::string, TensorView, std::less<>>& tensors() const;
  // Metadata; GGUF's values are converted to text: numbers with as few digits as restore them,
  // "true" or "false", lists of up to eight integers as "[2, 3]". Longer values are only
  // described: "[151936 items]".
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const;
  [[nodiscard]] Container container() const;
  [[nodiscard]] const FileStamp& stamp() const;  // as the file was when it was opened

  // Copies the bytes of `tensor`, which must be of this file, from byte `begin` on; faster than
  // reading `data` when each byte is read once. Throws Error{kModelFile} when the file was cut or
  // cannot be read.
  void read(const TensorView& tensor, std::size_t begin, std::span<std::byte> into) const;
  // Says that tensors with this prefix will be read soon, so that the system may fetch them from
  // the disk in the meantime. Returns at once.
  void expect(std::string_view prefix) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct FileKind;  // file_kind.h

// All tensors of one component's folder: of a single file, or of the shards that an index names.
// Immutable except for keep_only(); any number of threads may read one.
class TensorStore {
 public:
  // `folder` has `<stem>.safetensors`, or `<stem>.safetensors.index.json` and its shards (stem:
  // "model" or "diffusion_pytorch_model"). Shards must be plain file names in `folder`; each
  // tensor of the index must be in the shard that the index names, and tensors that it does not
  // list are left out. A single file is preferred to an index. If the folder has neither, but
  // exactly one weight file or one index of another name, that one is opened. Throws
  // Error{kModelFile}.
  TensorStore(const std::filesystem::path& folder, std::string_view stem);
  // Opens one file.
  explicit TensorStore(const std::filesystem::path& file);

  // Drops all tensors without this prefix; for a file that holds several networks.
  void keep_only(const std::string& prefix);
  // The prefix that was kept; empty = all.
  [[nodiscard]] const std::string& part() const { return part_; }
  // The folder or file that was opened; place(), for messages, is the file if there is only one.
  [[nodiscard]] const std::filesystem::path& origin() const { return origin_; }
  [[nodiscard]] const std::filesystem::path& place() const {
    return paths_.size() == 1 ? paths_.front() : origin_;
  }

  // Throws Error{kModelFile} "FILE: tensor NAME is missing" when absent.
  [[nodiscard]] const TensorView& at(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> names() const;
  // The file that holds `name`: its path, for messages, and the opened file.
  [[nodiscard]] const std::filesystem::path& file_of(std::string_view name) const;
  [[nodiscard]] const TensorFile& opened_file_of(std::string_view name) const;
  // As TensorFile::expect().
  void expect(std::string_view prefix) const;
  // Sum of all tensors' bytes.
  [[nodiscard]] std::int64_t total_bytes() const;
  // All tensors by name, and the files' metadata.
  [[nodiscard]] std::map<std::string, TensorView, std::less<>> views() const;
  [[nodiscard]] std::map<std::string, std::string> metadata() const;
  // What the tensors are, judged by their names.
  [[nodiscard]] FileKind kind() const;
  // The files that hold the tensors, and their stamps when they were opened.
  [[nodiscard]] const std::vector<std::filesystem::path>& files() const { return paths_; }
  [[nodiscard]] std::vector<FileStamp> stamps() const;

 private:
  struct Entry {
    TensorView view;
    std::size_t file = 0;
  };
  void take(const std::filesystem::path& file);
  void take_shards(const std::filesystem::path& index);

  std::filesystem::path origin_;
  std::string part_;
  std::vector<std::filesystem::path> paths_;
  std::vector<TensorFile> files_;
  std::map<std::string, Entry, std::less<>> entries_;
};

// Reads one index file (used by `inspect` and by tests with hostile files) by the same rules,
// including shards. Returns the shard's file name for each tensor.
[[nodiscard]] std::map<std::string, std::string> read_shard_index(
    const std::filesystem::path& index);

// A tensor to be written; `data` is little-endian and row-major.
struct NamedTensor {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> data;
};

// Writes a safetensors file (temporary file, then rename). Throws Error{kIo}, or Error{kInternal}
// when the arguments cannot form a file: a repeated or non-UTF-8 name, data that does not match
// its shape.
void write_tensor_file(const std::filesystem::path& file, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata = {});

// The whole content of such a file; `file` is for messages. Throws the same Error{kInternal}.
[[nodiscard]] std::string tensor_file_bytes(const std::filesystem::path& file,
                                            std::span<const NamedTensor> tensors,
                                            const std::map<std::string, std::string>& metadata);

}  // namespace headroom
