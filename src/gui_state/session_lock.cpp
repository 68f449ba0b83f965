#include "session_lock.h"

#include "headroom/core/state_file.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

constexpr auto kSilence = std::chrono::hours(24);
constexpr auto kWordEvery = std::chrono::hours(1);

// A line each; what cannot be told is an empty one.
struct Owner {
  std::string host, boot, processes, pid, begun;
};

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

// When the process began, in ticks of this boot: numbers of processes are used again.
std::string begin_of(const std::string& pid) {
  const std::string status = first_line("/proc/" + pid + "/stat");
  const std::size_t name_end = status.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return {};
  std::istringstream fields(status.substr(name_end + 1));
  std::string field;
  constexpr int kBehindName = 20;  // the 22nd of all
  for (int i = 0; i < kBehindName; ++i) fields >> field;
  return field;
}

Owner this_process() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  std::error_code ignored;
  const std::string pid = std::to_string(getpid());
  return {host.data(), first_line("/proc/sys/kernel/random/boot_id"),
          fs::read_symlink("/proc/self/ns/pid", ignored).string(), pid, begin_of(pid)};
}

// Two locks of one process are two.
std::string text_of(const Owner& owner, const void* lock) {
  std::ostringstream text;
  text << owner.host << '\n'
       << owner.boot << '\n'
       << owner.processes << '\n'
       << owner.pid << '\n'
       << owner.begun << '\n'
       << lock << '\n';
  return text.str();
}

Owner read_owner(const std::string& text) {
  std::istringstream lines(text);
  Owner owner;
  for (std::string* const line :
       {&owner.host, &owner.boot, &owner.processes, &owner.pid, &owner.begun})
    std::getline(lines, *line);
  return owner;
}

bool was_silent(const fs::path& file, std::chrono::hours time) {
  std::error_code error;
  const auto last = fs::last_write_time(file, error);
  return !error && fs::file_time_type::clock::now() - last > time;
}

bool counts(const std::string& text, const fs::path& file) {
  const Owner owner = read_owner(text);
  const Owner own = this_process();
  const bool is_here = owner.host == own.host && !owner.boot.empty();
  if (is_here && owner.boot != own.boot) return false;  // started again since
  if (!is_here || owner.processes != own.processes) return !was_silent(file, kSilence);
  if (owner.pid.empty()) return false;
  return begin_of(owner.pid) == owner.begun;
}

bool write_new(const fs::path& file, const std::string& text) {
  const int made = open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (made < 0) return false;
  const bool is_whole = write(made, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int reason = errno;
  close(made);
  if (!is_whole) unlink(file.c_str());
  errno = reason;
  return is_whole;
}

}  // namespace

SessionLock::SessionLock(const fs::path& of)
    : path_(of.string() + ".lock"),
      owner_(of.string() + ".owner"),
      file_(open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
  if (file_ < 0) return;
  if (flock(file_, LOCK_EX | LOCK_NB) == 0) {
    state_ = State::kHeld;
  } else if (errno == EWOULDBLOCK) {
    state_ = State::kByAnother;
  } else {
    mine_ = text_of(this_process(), this);
    state_ = take_without_locks();
  }
}

SessionLock::~SessionLock() {
  if (!mine_.empty() && holds()) unlink(owner_.c_str());
  if (file_ >= 0) close(file_);
}

SessionLock::State SessionLock::take_without_locks() const {
  if (write_new(owner_, mine_)) return State::kHeld;
  if (errno != EEXIST) return State::kImpossible;
  const std::string there = read_state_file(owner_);
  if (counts(there, owner_)) return State::kByAnother;
  // Of several windows that see this, one gets it out of the way. If that was a new one by then,
  // its window has lost it, sees that before it writes, and takes another file.
  const fs::path aside = owner_.string() + "." + std::to_string(getpid());
  if (rename(owner_.c_str(), aside.c_str()) != 0) return State::kByAnother;
  unlink(aside.c_str());
  return write_new(owner_, mine_) ? State::kHeld : State::kByAnother;
}

bool SessionLock::holds() const {
  if (state_ != State::kHeld) return false;
  if (!mine_.empty()) {
    if (read_state_file(owner_) != mine_) return false;
    std::error_code ignored;
    if (was_silent(owner_, kWordEvery))
      fs::last_write_time(owner_, fs::file_time_type::clock::now(), ignored);
    return true;
  }
  struct stat mine {};
  struct stat there {};
  return fstat(file_, &mine) == 0 && stat(path_.c_str(), &there) == 0 &&
         mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
}

}  // namespace headroom
