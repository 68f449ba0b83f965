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

// What tells a file from another that has, or had, the same name.
struct FileStamp {
  std::int64_t bytes = 0;
  std::int64_t changed_ns = 0;  // since 1970
  std::uint64_t inode = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// One tensor in a mapped file. `data` stays valid while the object that handed it out lives, also
// when that object is moved. It need not be aligned to its element size: the format does not ask
// so.
struct TensorView {
  DType dtype = DType::kF32;
  std::vector<std::int64_t> shape;  // empty = scalar; the last extent is whole blocks
  std::span<const std::byte> data;  // little-endian, row-major, all blocks of the shape
};

// The kinds of files that hold tensors; how each is read is a line of
// src/weights/tensor_container.cpp.
enum class Container { kSafetensors, kGguf };
[[nodiscard]] std::string_view container_name(Container container);  // "safetensors", "gguf"

// The tensors of one file of any of these kinds, told apart by content, memory-mapped: opening
// reads the header alone. Immutable; any number of threads may read one.
class TensorFile {
 public:
  // Throws Error{kModelFile} with one sentence naming the file and the fault, for anything that the
  // format forbids. Never allocates more than the header's own size suggests.
  explicit TensorFile(const std::filesystem::path& file);
  ~TensorFile();
  TensorFile(TensorFile&&) noexcept;
  TensorFile& operator=(TensorFile&&) noexcept;

  [[nodiscard]] const std::map<std::string, TensorView, std::less<>>& tensors() const;
  // GGUF's values as text: numbers in as few digits as give them back, "true" or "false", lists of
  // up to eight integers as "[2, 3]". What is longer is only described: "[151936 items]".
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const;
  [[nodiscard]] Container container() const;
  [[nodiscard]] const FileStamp& stamp() const;  // as it was when it was opened

  // Copies the bytes of `tensor`, one of this file's, from its byte `begin` on: faster than to copy
  // them out of `data` when each is read once. Throws Error{kModelFile} when the file was cut or
  // cannot be read.
  void read(const TensorView& tensor, std::size_t begin, std::span<std::byte> into) const;
  // Tensors whose names begin so are going to be read soon: the system may fetch them from the disk
  // meanwhile. Returns at once.
  void expect(std::string_view prefix) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct FileKind;  // file_kind.h

// All tensors of one component folder: a single file, or the shards that its index names.
// Immutable but for keep_only(); any number of threads may read one.
class TensorStore {
 public:
  // `folder` holds `<stem>.safetensors` or `<stem>.safetensors.index.json` with its shards
  // (stem: "model" or "diffusion_pytorch_model"). Shards must be plain file names in `folder`; each
  // tensor of the index must be in the shard that the index says. Tensors of a shard that the index
  // does not list are left out. The single file wins over an index. A folder that has neither, but
  // one weight file or one index of any name, holds that. Throws Error{kModelFile}.
  TensorStore(const std::filesystem::path& folder, std::string_view stem);
  // Of one file.
  explicit TensorStore(const std::filesystem::path& file);

  // Drops all tensors whose names do not begin so: of a file that holds several networks.
  void keep_only(const std::string& prefix);
  // What was kept of the files; empty = all.
  [[nodiscard]] const std::string& part() const { return part_; }
  // The folder or file that was opened, and for messages the file where it is only one.
  [[nodiscard]] const std::filesystem::path& origin() const { return origin_; }
  [[nodiscard]] const std::filesystem::path& place() const {
    return paths_.size() == 1 ? paths_.front() : origin_;
  }

  // Throws Error{kModelFile} "FILE: tensor NAME is missing" when absent.
  [[nodiscard]] const TensorView& at(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> names() const;
  // The file that holds `name`, for messages, and opened.
  [[nodiscard]] const std::filesystem::path& file_of(std::string_view name) const;
  [[nodiscard]] const TensorFile& opened_file_of(std::string_view name) const;
  // As TensorFile::expect().
  void expect(std::string_view prefix) const;
  // Sum of all tensors' bytes.
  [[nodiscard]] std::int64_t total_bytes() const;
  // All tensors by their names, and what the files say beside them.
  [[nodiscard]] std::map<std::string, TensorView, std::less<>> views() const;
  [[nodiscard]] std::map<std::string, std::string> metadata() const;
  // What the tensors are, by their names.
  [[nodiscard]] FileKind kind() const;
  // The files that hold the tensors, and what they were when they were opened.
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

// Opens one index file by itself (the hostile-file tests and `inspect` use it): same rules, shards
// included. Gives the shard's file name for each tensor.
[[nodiscard]] std::map<std::string, std::string> read_shard_index(
    const std::filesystem::path& index);

struct NamedTensor {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> data;
};

// Writes a safetensors file (temp file, then rename). Throws Error{kIo}, or Error{kInternal} when
// the arguments cannot be a file: a repeated or non-UTF-8 name, data that does not suit its shape.
void write_tensor_file(const std::filesystem::path& file, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata = {});

// All of such a file, for who writes it; `file` is for messages. Throws Error{kInternal} as there.
[[nodiscard]] std::string tensor_file_bytes(const std::filesystem::path& file,
                                            std::span<const NamedTensor> tensors,
                                            const std::map<std::string, std::string>& metadata);

}  // namespace headroom
