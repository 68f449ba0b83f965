#pragma once
#include "headroom/weights/posix_file.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace headroom {

// A large file that is written in order, and whose writing can be continued after an interruption.
// Until it is complete it lies beside its final place as NAME.KEY.part, and stays there if its
// writer stops early. The lock on it ends with the process.
class PartialFile {
 public:
  // `key`: 16 hexadecimal digits that identify everything that decides the content. Opens or
  // creates the part; what was written is dropped unless it begins with `header`. Removes parts
  // with other keys that nobody is writing. Waits for the disk at least every `sync_bytes`. Throws
  // Error{kIo} when `file` exists already, another process is writing it, or it cannot be made.
  PartialFile(std::filesystem::path file, const std::string& key, const std::string& header,
              std::int64_t sync_bytes);

  // Cuts off what may not have reached the disk, and what is not a whole piece; `ends` are the
  // offsets in the file where pieces end. Returns how many pieces remain.
  [[nodiscard]] std::size_t keep(std::span<const std::int64_t> ends);
  // Throws Error{kIo} when the disk has too little room for a file of this size.
  void check_room(std::int64_t total_bytes) const;

  // Appends the bytes. Throws Error{kIo}.
  void put(std::span<const std::byte> bytes);
  [[nodiscard]] std::int64_t written() const { return written_; }
  // Gives the file its final name. After this it is complete even if the machine loses power.
  void commit();

 private:
  void open();
  void remove_others(const std::string& key) const;

  std::filesystem::path file_;
  std::filesystem::path part_;
  FileDescriptor fd_;
  std::int64_t sync_bytes_;
  std::int64_t header_bytes_;
  std::int64_t written_ = 0;
  std::int64_t synced_ = 0;
};

}  // namespace headroom
