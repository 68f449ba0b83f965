#include "headroom/image/file_io.h"

#include "headroom/core/error.h"

#include <cerrno>
#include <cstdint>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headroom {
namespace {

// Far above any picture that read_image() accepts; so a wrong file cannot fill the memory.
constexpr std::int64_t kMaxFileBytes = std::int64_t{1} << 30;

}  // namespace

Message io_reason(int error_number) {
  switch (error_number) {
    case ENOSPC:
      return say("the disk is full; free some space or choose another folder");
    case EDQUOT:
      return say("your disk quota is used up; free some space or choose another folder");
    case EFBIG:
      return say(
          "the file would be larger than this system allows; raise the limit (ulimit -f) or "
          "choose another disk");
    case EACCES:
    case EPERM:
      return say("permission is denied; choose another folder or change its permissions");
    case EROFS:
      return say("the disk is read-only; choose another folder");
    case ENOTDIR:
      return say("a part of the path is a file, not a folder; choose another folder");
    case EISDIR:
      return say("it is a folder; name a file");
    case ENOENT:
      return say("there is no such file or folder; check the path");
    case ENAMETOOLONG:
      return say("the name is too long; choose a shorter one");
    case EEXIST:
      return say("it already exists; choose another name");
    case EMFILE:
    case ENFILE:
      return say("too many files are open; close other programs and try again");
    case EIO:
      return say("the disk reports an error; check the disk or choose another folder");
    default:
      return say("{0}; check the path and the disk", say_errno(error_number));
  }
}

void throw_io_error(std::string_view action, const std::filesystem::path& file, int error_number) {
  throw Error(ErrorKind::kIo,
              say("cannot " + std::string(action) + " {0}: {1}", file, io_reason(error_number)));
}

void throw_read_error(const std::filesystem::path& file, const Message& reason) {
  throw Error(ErrorKind::kIo, say("cannot read {0}: {1}", file, reason));
}

OpenFile::~OpenFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::string read_whole_file(const std::filesystem::path& file) {
  // O_NONBLOCK: opening a pipe by mistake must not wait for a writer.
  OpenFile input(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (input.get() < 0) throw_read_error(file, io_reason(errno));
  struct stat status {};
  if (::fstat(input.get(), &status) != 0) throw_read_error(file, io_reason(errno));
  if (S_ISDIR(status.st_mode)) throw_read_error(file, io_reason(EISDIR));
  if (!S_ISREG(status.st_mode)) {
    throw_read_error(file, say("it is not a regular file; copy it to a file first"));
  }
  if (status.st_size > kMaxFileBytes) {
    throw_read_error(file, say("it is larger than 1 GB; choose a smaller picture"));
  }

  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(input.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_read_error(file, io_reason(errno));
    if (got == 0) break;  // the file shrank meanwhile; the parser reports what is missing
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace headroom
