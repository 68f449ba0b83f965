#include "headroom/weights/partial_file.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/weights/tensor_writer.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kEnding = ".part";

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

bool begins_with(int fd, const std::string& header) {
  std::string start(header.size(), '\0');
  std::size_t done = 0;
  while (done < start.size()) {
    const ssize_t got =
        ::pread(fd, start.data() + done, start.size() - done, static_cast<off_t>(done));
    if (got <= 0) return false;
    done += static_cast<std::size_t>(got);
  }
  return start == header;
}

void refuse_existing(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(file, error))) return;
  throw Error(ErrorKind::kIo,
              say("{0} exists already; name another file, or remove it first", file));
}

}  // namespace

PartialFile::PartialFile(fs::path file, const std::string& key, const std::string& header,
                         std::int64_t sync_bytes)
    : file_(std::move(file)),
      part_(file_.string() + "." + key + std::string(kEnding)),
      sync_bytes_(sync_bytes),
      header_bytes_(static_cast<std::int64_t>(header.size())) {
  refuse_existing(file_);
  open();
  remove_others(key);
  struct stat info {};
  if (::fstat(fd_.get(), &info) != 0) fail_io(part_, say("cannot be examined"), errno);
  written_ = info.st_size;
  if (begins_with(fd_.get(), header)) return;
  if (::ftruncate(fd_.get(), 0) != 0) fail_io(part_, say("cannot be written"), errno);
  written_ = 0;
  put(std::as_bytes(std::span(header)));
}

void PartialFile::open() {
  fd_ = FileDescriptor(
      ::open(part_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (fd_.get() < 0) fail_io(part_, say("cannot be created"), errno);
  if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) fail_io(part_, say("cannot be locked"), errno);
    throw Error(
        ErrorKind::kIo,
        say("{0} is being written by another program; wait for it, or name another file", file_));
  }
}

// Removes parts of other sources, or of the same source before it changed.
void PartialFile::remove_others(const std::string& key) const {
  const std::string start = file_.filename().string() + ".";
  std::error_code error;
  for (const auto& item : fs::directory_iterator(folder_of(file_), error)) {
    const std::string name = item.path().filename().string();
    if (name.size() != start.size() + key.size() + kEnding.size() || !name.starts_with(start) ||
        !name.ends_with(kEnding) || name == part_.filename()) {
      continue;
    }
    const std::string digits = name.substr(start.size(), key.size());
    if (digits.find_first_not_of("0123456789abcdef") != std::string::npos) continue;
    const FileDescriptor fd(::open(item.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (fd.get() >= 0 && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) ::unlink(item.path().c_str());
  }
}

std::size_t PartialFile::keep(std::span<const std::int64_t> ends) {
  std::size_t pieces = 0;
  std::int64_t kept = header_bytes_;
  // After a power cut, what was written since the last but one sync may have holes.
  const std::int64_t sure = written_ - 2 * sync_bytes_;
  while (pieces < ends.size() && ends[pieces] <= sure) kept = ends[pieces++];
  if (::ftruncate(fd_.get(), kept) != 0) fail_io(part_, say("cannot be written"), errno);
  written_ = synced_ = kept;
  return pieces;
}

void PartialFile::check_room(std::int64_t total_bytes) const {
  struct statvfs info {};
  if (::fstatvfs(fd_.get(), &info) != 0) fail_io(part_, say("cannot be examined"), errno);
  const auto free =
      static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
  const std::int64_t missing = total_bytes - written_;
  if (free >= missing) return;
  throw Error(ErrorKind::kIo, say("{0}: {1} are still to be written, and {2} of the disk are free; "
                                  "free some space or choose another disk",
                                  file_, format_bytes(missing), format_bytes(free)));
}

void PartialFile::put(std::span<const std::byte> bytes) {
  write_all(fd_.get(), bytes.data(), bytes.size(), part_);
  written_ += static_cast<std::int64_t>(bytes.size());
  if (written_ - synced_ < sync_bytes_) return;
  if (::fdatasync(fd_.get()) != 0) fail_io(part_, say("cannot be written"), errno);
  synced_ = written_;
}

void PartialFile::commit() {
  if (::fsync(fd_.get()) != 0) fail_io(part_, say("cannot be written"), errno);
  refuse_existing(file_);
  if (::rename(part_.c_str(), file_.c_str()) != 0) fail_io(part_, say("cannot be renamed"), errno);
  sync_folder(folder_of(file_));
}

}  // namespace headroom
