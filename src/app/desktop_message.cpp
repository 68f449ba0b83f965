#include "desktop_message.h"

#include <csignal>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headroom {
namespace {

// Whether the program could be started and had nothing to complain of but that it was closed.
bool run(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawnattr_t settings{};
  posix_spawnattr_init(&settings);
  sigset_t none;
  sigemptyset(&none);  // this process may block signals
  posix_spawnattr_setsigmask(&settings, &none);
  posix_spawnattr_setflags(&settings, POSIX_SPAWN_SETSIGMASK);
  pid_t child = 0;
  const bool started =
      posix_spawnp(&child, arguments[0], nullptr, &settings, arguments.data(), environ) == 0;
  posix_spawnattr_destroy(&settings);
  int status = 0;
  if (!started || waitpid(child, &status, 0) != child) return false;
  return WIFEXITED(status) && WEXITSTATUS(status) <= 1;
}

}  // namespace

void show_by_desktop(const std::string& text) {
  const std::string title = "Headroom";
  const std::vector<std::vector<std::string>> ways{
      {"zenity", "--error", "--no-markup", "--title", title, "--text", text},
      {"kdialog", "--title", title, "--error", text},
      {"xmessage", "-center", "-title", title, text},
      {"notify-send", title, text}};
  for (const std::vector<std::string>& way : ways) {
    if (run(way)) return;
  }
}

}  // namespace headroom
