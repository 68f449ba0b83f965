#pragma once
#include <filesystem>
#include <string>

namespace headroom {

// That a session's file is one window's own, held as long as this lives, and let go by the system
// if the program dies: a lock on FILE.lock.
//
// Where a file system has no locks, the one who makes FILE.owner has it, which says on which
// machine and by which process. It counts for nothing when that process is no more, or the machine
// was started again; of another machine nobody can tell, so it counts until a day has passed
// without a word. Whoever finds it taken away, as after a day in which the machine slept, does not
// have the file any more and takes another one: both sessions are written down.
class SessionLock {
 public:
  enum class State { kHeld, kByAnother, kImpossible };  // the last: there is no folder, ...
  explicit SessionLock(const std::filesystem::path& of);
  ~SessionLock();
  SessionLock(const SessionLock&) = delete;
  SessionLock& operator=(const SessionLock&) = delete;

  [[nodiscard]] State state() const { return state_; }
  // Whether other windows still meet it: its folder may have been removed and made anew.
  [[nodiscard]] bool holds() const;

 private:
  [[nodiscard]] State take_without_locks() const;

  std::filesystem::path path_;
  std::filesystem::path owner_;
  std::string mine_;  // what the owner's file says; empty where there are locks
  int file_ = -1;
  State state_ = State::kImpossible;
};

}  // namespace headroom
