#include "file_io.h"

#include "headroom/core/error.h"

#include <cerrno>
#include <cstdint>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headroom {
namespace {

// Far above any picture that read_image accepts; keeps a mistaken file from filling the memory.
constexpr std::int64_t kMaxFileBytes = std::int64_t{1} << 30;

}  // namespace

std::string io_reason(int error_number) {
  switch (error_number) {
    case ENOSPC:
      return "the disk is full; free some space or choose another folder";
    case EDQUOT:
      return "your disk quota is used up; free some space or choose another folder";
    case EFBIG:
      return "the file would be larger than this system allows; raise the limit (ulimit -f) or "
             "choose another disk";
    case EACCES:
    case EPERM:
      return "permission is denied; choose another folder or change its permissions";
    case EROFS:
      return "the disk is read-only; choose another folder";
    case ENOTDIR:
      return "a part of the path is a file, not a folder; choose another folder";
    case EISDIR:
      return "it is a folder; name a file";
    case ENOENT:
      return "there is no such file or folder; check the path";
    case ENAMETOOLONG:
      return "the name is too long; choose a shorter one";
    case EEXIST:
      return "it already exists; choose another name";
    case EMFILE:
    case ENFILE:
      return "too many files are open; close other programs and try again";
    case EIO:
      return "the disk reports an error; check the disk or choose another folder";
    default:
      return std::generic_category().message(error_number) + "; check the path and the disk";
  }
}

void throw_io_error(std::string_view action, const std::filesystem::path& file, int error_number) {
  throw Error(ErrorKind::kIo, "cannot " + std::string(action) + " " + file.string() + ": " +
                                  io_reason(error_number));
}

OpenFile::~OpenFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::string read_whole_file(const std::filesystem::path& file) {
  // O_NONBLOCK: opening a pipe by mistake must not wait for a writer.
  OpenFile input(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (input.get() < 0) throw_io_error("read", file, errno);
  struct stat status {};
  if (::fstat(input.get(), &status) != 0) throw_io_error("read", file, errno);
  if (S_ISDIR(status.st_mode)) throw_io_error("read", file, EISDIR);
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorKind::kIo, "cannot read " + file.string() +
                                    ": it is not a regular file; copy it to a file first");
  }
  if (status.st_size > kMaxFileBytes) {
    throw Error(ErrorKind::kIo, "cannot read " + file.string() +
                                    ": it is larger than 1 GB; choose a smaller picture");
  }

  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(input.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_io_error("read", file, errno);
    if (got == 0) break;  // it shrank meanwhile: the parser reports what is missing
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace headroom
