#include "headroom/weights/posix_file.h"

#include "headroom/weights/model_file_error.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headroom {

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.release();
  }
  return *this;
}

int FileDescriptor::release() { return std::exchange(fd_, -1); }

FileStamp stamp_of(const struct ::stat& info) {
  return {info.st_size, std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec,
          info.st_ino};
}

namespace {

struct OpenFile {
  FileDescriptor fd;
  std::uint64_t size = 0;
  FileStamp stamp;
};

OpenFile open_regular_file(const std::filesystem::path& file) {
  int fd = -1;
  do {
    // O_NONBLOCK: a pipe that nobody writes to is refused below instead of blocking forever here.
    fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) {
    const int error = errno;
    if (error == ENOENT || error == ENOTDIR) {
      fail_model_file(file, say("the file is missing; download the model again"));
    }
    fail_model_file(
        file, say("cannot be opened ({0}); check the file and its permissions", say_errno(error)));
  }
  OpenFile open{FileDescriptor(fd), 0, {}};
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    const int error = errno;
    fail_model_file(file, say("cannot be examined ({0}); check the disk", say_errno(error)));
  }
  if (!S_ISREG(info.st_mode)) {
    fail_model_file(file, S_ISDIR(info.st_mode)
                              ? say("is a folder where a file should be; download the model again")
                              : say("is not a regular file; download the model again"));
  }
  open.size = static_cast<std::uint64_t>(info.st_size);
  open.stamp = stamp_of(info);
  return open;
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& file) {
  OpenFile open = open_regular_file(file);
  stamp_ = open.stamp;
  if (open.size == 0) return;  // mmap refuses an empty range; an empty span means the same
  size_ = static_cast<std::size_t>(open.size);
  void* data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, open.fd.get(), 0);
  if (data == MAP_FAILED) {
    const int error = errno;
    fail_model_file(file, say("cannot be mapped into memory ({0}); raise the address space limit "
                              "(ulimit -v) or move the file to a local disk",
                              say_errno(error)));
  }
  data_ = static_cast<const std::byte*>(data);
  fd_ = std::move(open.fd);
}

bool MappedFile::read(std::size_t begin, std::span<std::byte> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(fd_.get(), into.data(), into.size(), static_cast<off_t>(begin));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    begin += static_cast<std::size_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

void MappedFile::expect(std::size_t begin, std::size_t size) const {
  if (size == 0) return;
  ::posix_fadvise(fd_.get(), static_cast<off_t>(begin), static_cast<off_t>(size),
                  POSIX_FADV_WILLNEED);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

std::string read_whole_file(const std::filesystem::path& file, std::size_t max_bytes) {
  const OpenFile open = open_regular_file(file);
  if (open.size > max_bytes) {
    fail_model_file(file, say("is {0} bytes long, more than the {1} that such a file can need; "
                              "download it again",
                              open.size, max_bytes));
  }
  std::string text(static_cast<std::size_t>(open.size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t got = ::read(open.fd.get(), text.data() + done, text.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      fail_model_file(file, say("cannot be read ({0}); check the disk", say_errno(error)));
    }
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  return text;
}

}  // namespace headroom
