#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

struct stat;

namespace headroom {

// Owns one file descriptor; -1 = none.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release();

 private:
  int fd_;
};

[[nodiscard]] FileStamp stamp_of(const struct ::stat& info);

// A whole regular file mapped read-only. Pages are read from the disk when they are first touched,
// and the system may drop them again, so 24 GB of weights need not fit in memory.
// Not handled: another program shortens the file while it is mapped. Touching the lost pages ends
// the program with SIGBUS; only a copy of the whole file could prevent that.
class MappedFile {
 public:
  // Follows symbolic links (the Hugging Face cache is made of them). Throws Error{kModelFile} for
  // anything but a readable regular file; never blocks on a pipe or a device.
  explicit MappedFile(const std::filesystem::path& file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }
  [[nodiscard]] const FileStamp& stamp() const { return stamp_; }

  // Copies a part of the file without using the mapping, which is faster when each byte is read
  // once. False when the file ends too early or cannot be read.
  [[nodiscard]] bool read(std::size_t begin, std::span<std::byte> into) const;
  // Asks the system to start reading this part from the disk in one go; returns at once.
  void expect(std::size_t begin, std::size_t size) const;

 private:
  FileDescriptor fd_;
  FileStamp stamp_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// The content of a regular file; same rules as MappedFile, and at most `max_bytes`.
[[nodiscard]] std::string read_whole_file(const std::filesystem::path& file, std::size_t max_bytes);

}  // namespace headroom
