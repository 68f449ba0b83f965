#pragma once
#include "headroom/weights/posix_file.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace headroom {

// A large file that is written in order and can be taken up again: until it is whole it stands
// beside its place, as NAME.KEY.part, and stays there when its writer ends early. The lock on it
// goes with the process.
class PartFile {
 public:
  // `key`: 16 hexadecimal digits that stand for all that decides the content. Opens or makes it;
  // what was written is dropped unless it begins with `header`. Removes the parts of other keys
  // that nobody writes. At least every `sync_bytes` the disk is waited for. Throws Error{kIo} when
  // `file` is there already, another process writes it, or it cannot be made.
  PartFile(std::filesystem::path file, const std::string& key, const std::string& header,
           std::int64_t sync_bytes);

  // Cuts off what may not have reached the disk, or is no whole piece; `ends` are the pieces' ends
  // in the file. Returns how many pieces stay.
  [[nodiscard]] std::size_t keep(std::span<const std::int64_t> ends);
  // Throws Error{kIo} when the disk has no room for a file of so many bytes.
  void check_room(std::int64_t total_bytes) const;

  // Appends. Throws Error{kIo}.
  void put(std::span<const std::byte> bytes);
  [[nodiscard]] std::int64_t written() const { return written_; }
  // After this `file` is whole, also if the machine loses power.
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
