#include "headroom/engine/file_hashes.h"

#include "headroom/core/error.h"
#include "headroom/core/message.h"
#include "headroom/core/sha256.h"
#include "headroom/core/state_file.h"

#include <cerrno>
#include <cstddef>
#include <sstream>
#include <stop_token>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostKept = 500;  // lines, one for each model file

// Uses only processor and disk time that nobody else wants. If the system refuses, the thread has
// normal priority.
void step_back() {
  const sched_param none{};
  static_cast<void>(pthread_setschedparam(pthread_self(), SCHED_IDLE, &none));
  constexpr int kWhoIsThread = 1;      // linux/ioprio.h: IOPRIO_WHO_PROCESS, here a thread
  constexpr int kIdleClass = 3 << 13;  // IOPRIO_CLASS_IDLE
  static_cast<void>(::syscall(SYS_ioprio_set, kWhoIsThread, 0, kIdleClass));
}

std::optional<FileVersion> version_of(int fd, const fs::path& path) {
  struct stat found {};
  if (::fstat(fd, &found) != 0) return std::nullopt;
  constexpr std::int64_t kSecond_ns = 1'000'000'000;
  return FileVersion{path, found.st_size, found.st_mtim.tv_sec * kSecond_ns + found.st_mtim.tv_nsec,
                     found.st_ino};
}

// Nothing when the file is another version, changes meanwhile, or cannot be read, or when `stop`
// is requested.
std::optional<std::string> hash_of(const FileVersion& file, const std::stop_token& stop) {
  constexpr std::size_t kAtOnce = 1 << 20;
  struct Descriptor {
    int fd;
    ~Descriptor() {
      if (fd >= 0) ::close(fd);
    }
  };
  const Descriptor in{::open(file.path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (in.fd < 0 || version_of(in.fd, file.path) != file) return std::nullopt;
  // What is read here once must not push weights that every step reads out of the page cache.
  static_cast<void>(::posix_fadvise(in.fd, 0, 0, POSIX_FADV_NOREUSE));
  std::vector<std::byte> buffer(kAtOnce);
  Sha256 sum;
  while (!stop.stop_requested()) {
    const ssize_t count = ::read(in.fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count > 0) {
      sum.add(std::span(buffer).first(static_cast<std::size_t>(count)));
      continue;
    }
    if (version_of(in.fd, file.path) != file) return std::nullopt;
    return sum.digits();
  }
  return std::nullopt;
}

bool is_hash(const std::string& digits) {
  return digits.size() == 64 && digits.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// "HASH BYTES CHANGED INODE PATH"; nothing for other lines.
std::optional<std::pair<FileVersion, std::string>> read_line(const std::string& line) {
  std::istringstream in(line);
  std::pair<FileVersion, std::string> entry;
  FileVersion& file = entry.first;
  std::string path;
  if (!(in >> entry.second >> file.bytes >> file.changed_ns >> file.inode)) return std::nullopt;
  if (in.get() != ' ' || !std::getline(in, path) || !is_hash(entry.second)) return std::nullopt;
  file.path = path;
  return entry;
}

}  // namespace

FileHashes::FileHashes(fs::path kept) : kept_(std::move(kept)) {}

FileHashes::~FileHashes() = default;

// Requires the mutex.
void FileHashes::read_kept() {
  if (std::exchange(was_read_, true)) return;
  std::istringstream lines(read_state_file(kept_));
  for (std::string line; std::getline(lines, line);) {
    if (auto entry = read_line(line)) known_.insert(*std::move(entry));
  }
}

std::optional<std::string> FileHashes::find(const FileVersion& file) {
  const std::scoped_lock lock(mutex_);
  read_kept();
  const auto known = known_.find(file);
  if (known != known_.end()) return known->second;
  if (!asked_.insert(file).second) return std::nullopt;
  waiting_.push_back(file);
  if (!thread_.joinable()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  }
  changed_.notify_all();
  return std::nullopt;
}

void FileHashes::work(const std::stop_token& stop) {
  step_back();
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
    const FileVersion file = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    const std::optional<std::string> hash = hash_of(file, stop);
    lock.lock();
    if (hash) keep(file, *hash);
  }
}

// Requires the mutex. Reads the file again first, since another process may have added hashes. If
// two write at once, one hash may be lost; it is then computed again.
void FileHashes::keep(const FileVersion& file, const std::string& hash) {
  was_read_ = false;
  read_kept();
  std::erase_if(known_, [&](const auto& entry) { return entry.first.path == file.path; });
  known_[file] = hash;
  if (file.path.string().find('\n') != std::string::npos) return;
  std::ostringstream lines;
  std::size_t count = 0;
  for (const auto& [of, digits] : known_) {
    if (known_.size() > kMostKept && of != file && count >= kMostKept - 1) continue;
    ++count;
    lines << digits << ' ' << of.bytes << ' ' << of.changed_ns << ' ' << of.inode << ' '
          << of.path.string() << '\n';
  }
  try {
    write_state_file(kept_, lines.str(), Message{}, Message{});
  } catch (const Error&) {
    // Ignored: if the disk is full, a later run computes the hash again.
  }
}

}  // namespace headroom
