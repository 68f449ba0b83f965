#include "headroom/image/file_writer.h"

#include "headroom/core/error.h"
#include "headroom/image/file_io.h"
#include "headroom/image/picture_formats.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

// More files than anybody saves within one second; ends the search when something else is wrong.
constexpr int kMaxNames = 100000;

// A temporary file that becomes the wanted file in one step, or is removed. Used by one thread;
// several may exist in one folder.
class TempFile {
 public:
  // `target` is the file to be written in the end: it gives the folder, and messages name it.
  explicit TempFile(const fs::path& target) : folder_(target.parent_path()) {
    if (folder_.empty()) folder_ = ".";
    std::error_code error;
    fs::create_directories(folder_, error);
    // If a file stands where the folder should be, the error is EEXIST, which would mislead.
    if (error && error.value() == EEXIST) error = std::make_error_code(std::errc::not_a_directory);
    if (error) throw_io_error("write", target, error.value());
    for (int n = 0; n < kMaxNames; ++n) {
      path_ =
          folder_ / (".headroom-" + std::to_string(::getpid()) + "-" + std::to_string(n) + ".part");
      fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
      if (fd_ >= 0) return;
      // EEXIST: the name belongs to another thread or is left over from a crash.
      if (errno != EEXIST) break;
    }
    throw_io_error("write", target, errno);
  }

  ~TempFile() {
    if (fd_ >= 0) ::close(fd_);
    if (!published_) ::unlink(path_.c_str());
  }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;

  // Writes all of `bytes` and waits for the disk.
  void write(std::string_view bytes, const fs::path& target) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw_io_error("write", target, errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(fd_) != 0) throw_io_error("write", target, errno);
    // Not retried on EINTR: Linux has closed the descriptor by then.
    const int closed = ::close(fd_);
    fd_ = -1;
    if (closed != 0 && errno != EINTR) throw_io_error("write", target, errno);
  }

  // Gives the file its final name. False when that name is taken.
  [[nodiscard]] bool publish(const fs::path& target) {
    const int renamed =
        ::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE);
    if (renamed != 0) {
      if (errno == EEXIST) return false;
      // Some network file systems lack RENAME_NOREPLACE; a hard link does not replace a file
      // either.
      if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) {
        throw_io_error("write", target, errno);
      }
      if (::link(path_.c_str(), target.c_str()) != 0) {
        if (errno == EEXIST) return false;
        throw_io_error("write", target, errno);
      }
      ::unlink(path_.c_str());
    }
    published_ = true;
    sync_folder(target);
    return true;
  }

 private:
  // Makes the new name survive a power cut.
  void sync_folder(const fs::path& target) const {
    OpenFile folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0) {
      // A folder may be writable but not readable; it just cannot be synced.
      if (errno == EACCES) return;
      throw_io_error("write", target, errno);
    }
    // EINVAL: this file system cannot sync folders.
    if (::fsync(folder.get()) != 0 && errno != EINVAL) throw_io_error("write", target, errno);
  }

  fs::path folder_;
  fs::path path_;
  int fd_ = -1;
  bool published_ = false;
};

std::string time_stamp(std::chrono::system_clock::time_point now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  std::array<char, 32> text{};
  if (::localtime_r(&seconds, &local) == nullptr ||
      std::strftime(text.data(), text.size(), "%Y%m%d%H%M%S", &local) == 0) {
    throw Error(ErrorKind::kInternal,
                say("the clock's time cannot be written as a date; set the clock"));
  }
  return text.data();
}

}  // namespace

void write_new_file(const fs::path& file, std::string_view bytes) {
  if (!file.has_filename()) throw_io_error("write", file, EISDIR);
  TempFile temp(file);
  temp.write(bytes, file);
  if (!temp.publish(file)) throw_io_error("write", file, EEXIST);
}

fs::path save_picture_in(const fs::path& dir, std::chrono::system_clock::time_point now,
                         std::string_view bytes) {
  const std::string stem = "outputs_" + time_stamp(now);
  fs::path file = dir / (stem + usual_extension());
  TempFile temp(file);
  temp.write(bytes, file);
  for (int n = 2; !temp.publish(file); ++n) {
    if (n > kMaxNames) throw_io_error("write", file, EEXIST);
    file = dir / (stem + "_" + std::to_string(n) + usual_extension());
  }
  return file;
}

}  // namespace headroom
