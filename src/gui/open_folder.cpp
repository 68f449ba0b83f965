#include "open_folder.h"

#include "headroom/core/error.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headroom {
namespace {

// Runs in a child of the child, so that the file manager is nobody's zombie. Only async-signal-safe
// calls: other threads of the program may hold locks at the moment of the fork.
[[noreturn]] void exec_detached(const char* folder, int report) {
  if (const pid_t child = fork(); child != 0) _exit(child < 0 ? 1 : 0);
  setsid();
  sigset_t none;  // what this program asks for instead of being interrupted is not the child's way
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execlp("xdg-open", "xdg-open", folder, static_cast<char*>(nullptr));
  const int error = errno;
  [[maybe_unused]] const auto written = write(report, &error, sizeof error);
  _exit(127);
}

}  // namespace

void open_folder(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw Error(ErrorKind::kIo, "the folder " + folder.string() + " is not there any more");
  }
  const std::string name = folder.string();
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    throw Error(ErrorKind::kIo, "cannot start xdg-open: " + std::string(std::strerror(errno)));
  }
  const pid_t child = fork();
  if (child == 0) exec_detached(name.c_str(), report[1]);
  const int fork_error = errno;
  close(report[1]);
  int error = 0;
  // The pipe closes by itself when exec succeeds; otherwise it carries the reason.
  const bool failed = child < 0 || read(report[0], &error, sizeof error) == sizeof error;
  close(report[0]);
  if (child > 0) waitpid(child, nullptr, 0);
  if (failed) {
    throw Error(ErrorKind::kIo, "cannot start xdg-open to show " + name + " (" +
                                    std::strerror(child < 0 ? fork_error : error) +
                                    "); install xdg-utils or open the folder yourself");
  }
}

}  // namespace headroom
