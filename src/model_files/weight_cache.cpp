#include "headroom/model_files/weight_cache.h"

#include "headroom/core/error.h"
#include "headroom/weights/dequantize.h"
#include "headroom/weights/posix_file.h"
#include "headroom/weights/tensor_writer.h"

#include "source_files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>
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

// Version of entries' layout; entries of other versions are ignored.
constexpr const char* kLayout = "2";
constexpr std::string_view kEnding = ".safetensors";
constexpr std::string_view kUnfinished = ".part";  // after the entry's name

// "0123456789abcdef-BF16.safetensors"
std::string entry_name(const TensorStore& source, DType format) {
  return fingerprint(source.files(), source.part()) + "-" + std::string(dtype_name(format)) +
         std::string(kEnding);
}

// Whether a file of this name is an entry, which may be removed.
bool is_entry_name(const std::string& name) {
  constexpr std::size_t kDigits = 16;
  return name.size() > kDigits + 1 && name.ends_with(kEnding) && name[kDigits] == '-' &&
         name.find_first_not_of("0123456789abcdef") == kDigits;
}

// Whether it is an unfinished entry.
bool is_unfinished_name(const std::string& name) {
  return name.ends_with(kUnfinished) &&
         is_entry_name(name.substr(0, name.size() - kUnfinished.size()));
}

std::map<std::string, std::string> describe(const TensorStore& source, DType format) {
  return {{"headroom_layout", kLayout},
          {"format", std::string(dtype_name(format))},
          {"network", escaped(fs::absolute(source.origin()).string())},
          {"part", source.part()},
          {"sources", identity(source)}};
}

std::string value_of(const std::map<std::string, std::string>& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : found->second;
}

bool holds(const TensorFile& entry) {
  return value_of(entry.metadata(), "headroom_layout") == kLayout &&
         is_identity_of_now(value_of(entry.metadata(), "sources"));
}

void remove_file(const fs::path& file) {
  std::error_code ignored;
  fs::remove(file, ignored);
}

// An entry that is being written. Its lock ends with the process, whatever ends that, so a
// leftover of a killed process can be told from an entry that is being written. Removed unless
// committed.
class Unfinished {
 public:
  // Nothing when another process is writing it. Throws Error{kIo}.
  static std::optional<Unfinished> begin(const fs::path& entry) {
    const fs::path path = entry.string() + std::string(kUnfinished);
    FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (fd.get() < 0) fail_io(path, say("cannot be created"), errno);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return std::nullopt;
      fail_io(path, say("cannot be locked"), errno);
    }
    // Between opening and locking another process may have finished or removed it. Then this
    // descriptor is no longer the file of that name, and may be a complete entry.
    struct stat here {
    }, there{};
    if (::fstat(fd.get(), &here) != 0 || ::stat(path.c_str(), &there) != 0 ||
        here.st_ino != there.st_ino || here.st_dev != there.st_dev) {
      return std::nullopt;
    }
    if (::ftruncate(fd.get(), 0) != 0) fail_io(path, say("cannot be written"), errno);
    return Unfinished(entry, path, std::move(fd));
  }
  Unfinished(Unfinished&& other) noexcept
      : entry_(std::move(other.entry_)),
        path_(std::exchange(other.path_, {})),
        fd_(std::move(other.fd_)) {}
  Unfinished& operator=(Unfinished&&) = delete;
  ~Unfinished() {
    if (!path_.empty()) remove_file(path_);
  }

  void put(std::span<const std::byte> bytes) {
    write_all(fd_.get(), bytes.data(), bytes.size(), path_);
    written_ += static_cast<std::int64_t>(bytes.size());
    // Starts writing to the disk early, so that little is left to wait for at the end, and little
    // memory is used for unwritten pages.
    constexpr std::int64_t kAtOnce = 64 << 20;
    if (written_ - begun_ >= kAtOnce) {
      ::sync_file_range(fd_.get(), begun_, written_ - begun_, SYNC_FILE_RANGE_WRITE);
      begun_ = written_;
    }
  }
  void commit() {
    if (::fsync(fd_.get()) != 0) fail_io(path_, say("cannot be written"), errno);
    if (::rename(path_.c_str(), entry_.c_str()) != 0)
      fail_io(path_, say("cannot be renamed"), errno);
    path_.clear();
    sync_folder(entry_.parent_path());
  }
  [[nodiscard]] std::int64_t written() const { return written_; }

 private:
  Unfinished(fs::path entry, fs::path path, FileDescriptor fd)
      : entry_(std::move(entry)), path_(std::move(path)), fd_(std::move(fd)) {}

  fs::path entry_;
  fs::path path_;  // empty when there is nothing to remove
  FileDescriptor fd_;
  std::int64_t written_ = 0;
  std::int64_t begun_ = 0;  // bytes whose writing to the disk was started
};

// Locks the leftover of a process that was killed while writing; nothing when a process is writing
// it.
std::optional<FileDescriptor> lock_abandoned(const fs::path& unfinished) {
  FileDescriptor fd(::open(unfinished.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (fd.get() < 0 || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  return fd;
}

// False when another process is writing it again.
bool remove_if_abandoned(const fs::path& unfinished) {
  const std::optional<FileDescriptor> lock = lock_abandoned(unfinished);
  if (lock) remove_file(unfinished);
  return lock.has_value();
}

struct Disk {
  std::int64_t free = 0;
  std::int64_t total = 0;
};

// For the folder, or the nearest existing one above it.
std::optional<Disk> disk_of(fs::path folder, bool& can_be_written) {
  std::error_code error;
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0) return std::nullopt;
  can_be_written = fs::is_directory(folder, error) &&
                   ::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
  const auto unit = static_cast<std::int64_t>(info.f_frsize);
  return Disk{static_cast<std::int64_t>(info.f_bavail) * unit,
              static_cast<std::int64_t>(info.f_blocks) * unit};
}

std::int64_t spare_of(const Disk& disk, const WeightCache::Spare& spare) {
  return std::max(spare.bytes,
                  static_cast<std::int64_t>(spare.part * static_cast<double>(disk.total)));
}

}  // namespace

WeightCache::WeightCache(fs::path folder, Spare spare)
    : folder_(std::move(folder)), spare_(spare) {}

std::optional<TensorFile> WeightCache::find(const TensorStore& source, DType format) const {
  const fs::path file = folder_ / entry_name(source, format);
  std::error_code error;
  if (!fs::exists(file, error)) return std::nullopt;
  try {
    TensorFile entry(file);
    if (entry.metadata() == describe(source, format)) return entry;
    if (holds(entry)) return std::nullopt;  // valid for newer source files than the opened ones
  } catch (const Error&) {
    // Damaged, perhaps by a failing disk: write it again.
  }
  remove_file(file);
  return std::nullopt;
}

void WeightCache::drop(const TensorStore& source, DType format) const {
  remove_file(folder_ / entry_name(source, format));
}

bool WeightCache::can_hold(std::int64_t bytes) const {
  bool can_be_written = false;
  const std::optional<Disk> disk = disk_of(folder_, can_be_written);
  return disk && can_be_written && disk->free - bytes >= spare_of(*disk, spare_);
}

void WeightCache::check_room(std::int64_t bytes) const {
  bool ignored = false;
  const std::optional<Disk> disk = disk_of(folder_, ignored);
  if (!disk) fail_io(folder_, say("cannot be examined"), errno);
  const std::int64_t spare = spare_of(*disk, spare_);
  if (disk->free - bytes >= spare) return;
  throw Error(ErrorKind::kIo, say("{0}: {1} of the disk are free, and {2} are asked for, of which "
                                  "{3} stay free; free some space",
                                  folder_, format_bytes(disk->free), format_bytes(bytes + spare),
                                  format_bytes(spare)));
}

bool WeightCache::write(const TensorStore& source, DType format, std::span<const Tensor> asked,
                        const Convert& convert) const {
  std::vector<NamedTensor> tensors;
  std::vector<const NamedTensor*> order;
  std::int64_t left = 0;
  for (const auto& [name, shape] : asked) {
    tensors.push_back({name, format, shape, {}});
    left += tensor_bytes(format, shape).value_or(0);
  }
  order.reserve(tensors.size());
  for (const NamedTensor& tensor : tensors) order.push_back(&tensor);
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) fail_io(folder_, say("cannot be created"), error.value());
  remove_what_holds_no_more();
  const fs::path entry = folder_ / entry_name(source, format);
  const std::string header = tensor_file_header(entry, order, describe(source, format));
  std::optional<Unfinished> file = Unfinished::begin(entry);
  if (!file) return false;
  file->put(std::as_bytes(std::span(header)));
  for (const Tensor& tensor : asked) {
    check_room(left);  // others use the disk too
    const std::int64_t before = file->written();
    convert(tensor, [&](std::span<const std::byte> bytes) { file->put(bytes); });
    left -= file->written() - before;
  }
  if (left != 0) throw Error(ErrorKind::kInternal, entry.string() + ": values are missing");
  file->commit();
  return true;
}

std::vector<WeightCache::Entry> WeightCache::entries() const {
  std::vector<Entry> found;
  std::error_code error;
  for (const auto& item : fs::directory_iterator(folder_, error)) {
    const std::string name = item.path().filename().string();
    Entry entry{item.path(), {}, {}, 0, false, is_unfinished_name(name)};
    if (entry.unfinished ? !lock_abandoned(entry.file) : !is_entry_name(name)) continue;
    std::error_code unreadable;
    const std::uintmax_t size = item.file_size(unreadable);
    if (!unreadable) entry.bytes = static_cast<std::int64_t>(size);
    try {
      if (!entry.unfinished) {
        const TensorFile file(item.path());
        entry.network = unescaped(value_of(file.metadata(), "network"));
        entry.format = value_of(file.metadata(), "format");
        entry.holds = holds(file);
      }
    } catch (const Error&) {
      // Damaged: not valid.
    }
    found.push_back(std::move(entry));
  }
  std::ranges::sort(found, {}, &Entry::file);
  return found;
}

void WeightCache::remove_what_holds_no_more() const {
  for (const Entry& entry : entries()) {
    if (entry.unfinished) {
      remove_if_abandoned(entry.file);
    } else if (!entry.holds) {
      remove_file(entry.file);
    }
  }
}

std::vector<WeightCache::Entry> WeightCache::clear() const {
  std::vector<Entry> removed;
  for (Entry& entry : entries()) {
    if (entry.unfinished) {
      if (!remove_if_abandoned(entry.file)) continue;
    } else if (::unlink(entry.file.c_str()) != 0 && errno != ENOENT) {
      fail_io(entry.file, say("cannot be removed"), errno);
    }
    removed.push_back(std::move(entry));
  }
  return removed;
}

}  // namespace headroom
