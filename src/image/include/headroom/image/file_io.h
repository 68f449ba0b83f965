#pragma once
#include "headroom/core/message.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace headroom {

// Why a file operation failed, for a person: "the disk is full; free some space or ...".
[[nodiscard]] Message io_reason(int error_number);

// Throws Error{kIo} "cannot ACTION FILE: REASON".
[[noreturn]] void throw_io_error(std::string_view action, const std::filesystem::path& file,
                                 int error_number);
// Throws Error{kIo} "cannot read FILE: REASON".
[[noreturn]] void throw_read_error(const std::filesystem::path& file, const Message& reason);

// All bytes of a regular file. Throws Error{kIo}.
[[nodiscard]] std::string read_whole_file(const std::filesystem::path& file);

// Owns an open file's descriptor.
class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace headroom
