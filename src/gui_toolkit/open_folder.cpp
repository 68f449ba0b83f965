#include "headroom/gui_toolkit/open_folder.h"

#include "headroom/core/error.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headroom {
namespace {

bool is_installed(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    if (access((std::string(folder) + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

// "file:///home/me/a%20cat.png". Commas are escaped too, since dbus-send separates list entries by
// them.
std::string uri_of(const std::filesystem::path& file) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string uri = "file://";
  for (const char c : std::filesystem::absolute(file).string()) {
    const auto byte = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return uri;
}

// These functions run in forked children, where only async-signal-safe calls are allowed: other
// threads may have held locks at the moment of the fork.

// Asks the file manager; false when there is none that can select a file, or no D-Bus.
bool select_over_dbus(const char* uris) {
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execlp("dbus-send", "dbus-send", "--session", "--print-reply", "--reply-timeout=10000",
           "--dest=org.freedesktop.FileManager1", "--type=method_call",
           "/org/freedesktop/FileManager1", "org.freedesktop.FileManager1.ShowItems", uris,
           "string:", static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

// Starts the file manager from a grandchild, so that it does not become a zombie. `uris`: null to
// open only the folder.
[[noreturn]] void show_detached(const char* folder, const char* uris) {
  if (const pid_t child = fork(); child != 0) _exit(child < 0 ? 1 : 0);
  setsid();
  sigset_t none;  // the child must not inherit the signal mask of this program
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (uris != nullptr && select_over_dbus(uris)) _exit(0);
  execlp("xdg-open", "xdg-open", folder, static_cast<char*>(nullptr));
  _exit(127);
}

void show(const std::filesystem::path& folder, const char* uris) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw Error(ErrorKind::kIo, say("the folder {0} is not there any more", folder));
  }
  const std::string name = folder.string();
  const bool asks_dbus = uris != nullptr && is_installed("dbus-send");
  if (!asks_dbus && !is_installed("xdg-open")) {
    throw Error(ErrorKind::kIo, say("cannot start xdg-open to show {0}, which is not installed; "
                                    "install xdg-utils or open the folder yourself",
                                    name));
  }
  const pid_t child = fork();
  if (child == 0) show_detached(name.c_str(), asks_dbus ? uris : nullptr);
  const int error = errno;
  int status = 1;
  if (child > 0) waitpid(child, &status, 0);
  if (status != 0) {
    throw Error(ErrorKind::kIo, say("cannot start xdg-open to show {0} ({1}); open the folder "
                                    "yourself",
                                    name, say_errno(error)));
  }
}

}  // namespace

void open_folder(const std::filesystem::path& folder) { show(folder, nullptr); }

void show_file(const std::filesystem::path& file) {
  const std::string uris = "array:string:" + uri_of(file);
  show(file.parent_path(), uris.c_str());
}

}  // namespace headroom
