// The program itself is a library that is loaded after the environment is set: libgomp, which
// comes with libtorch, and libtorch itself read the environment only while they are loaded.

#include "headroom/cli/exit_code.h"
#include "headroom/core/error.h"
#include "headroom/core/message.h"
#include "headroom/memory/allocator_conf.h"

#include "desktop_message.h"
#include "surroundings.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

// Removes a variable. Returns what is to be told of it, which is on the terminal already.
headroom::Message set_aside(const char* name, const headroom::Message& why) {
  headroom::Message warning = headroom::say("{0} is not used: {1}", name, why);
  std::fprintf(stderr, "headroom: warning: %s\n", warning.english().c_str());
  unsetenv(name);
  return warning;
}

// If the driver exists without NVML, libtorch crashes on expandable segments.
bool can_grow_segments() {
  const auto opens = [](const char* library) {
    void* const handle = dlopen(library, RTLD_LAZY);
    if (handle != nullptr) dlclose(handle);
    return handle != nullptr;
  };
  return opens("libnvidia-ml.so.1") || !opens("libcuda.so.1");
}

// libtorch's CUDA part ends the process on settings that it cannot read, whichever variable has
// them; and without its cache no plan holds. Such variables are removed, so that defaults apply.
std::vector<headroom::Message> set_aside_wrong_allocator_settings() {
  using headroom::say;
  std::vector<headroom::Message> warnings;
  for (const char* const name : headroom::kUncachedVariables) {
    if (std::getenv(name) == nullptr) continue;
    warnings.push_back(
        set_aside(name, say("it switches off the allocator that memory is planned for")));
  }
  for (const char* const name : headroom::kAllocatorVariables) {
    const char* const settings = std::getenv(name);
    if (settings == nullptr) continue;
    try {
      if (headroom::parse_allocator_conf(settings).expandable_segments && !can_grow_segments())
        warnings.push_back(
            set_aside(name, say("expandable segments need the driver's libnvidia-ml.so.1")));
    } catch (const headroom::Error& e) {
      warnings.push_back(set_aside(name, e.message()));
    }
  }
  // The general name takes precedence, but a part of libtorch reads the old one first.
  const auto& [general_name, old_name] = headroom::kAllocatorVariables;
  const char* const general = std::getenv(general_name);
  const char* const old = std::getenv(old_name);
  if (general != nullptr && old != nullptr && std::string(general) != old)
    warnings.push_back(set_aside(old_name, say("{0} is set too, which comes first", general_name)));
  return warnings;
}

std::string library_file(const char* name) {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return (program.parent_path().parent_path() / "lib" / name).string();
}

// Whether the program was to open its window: it is called with no command.
bool is_for_window(int argc, char** argv) {
  if (argc < 2) return true;
  const std::string first = argv[1];
  return first.starts_with('-') && first != "-h" && first != "--help" && first != "--version";
}

// Says why the program cannot start: on the terminal, and if it was started from a menu in a window
// as well. Returns `code`, unless the user tries again, which does not return.
int tell(const headroom::Message& why, int code, int argc, char** argv) {
  std::fprintf(stderr, "headroom: %s\n", why.english().c_str());
  if (!is_for_window(argc, argv) || !headroom::has_display()) return code;
  void* const handle = dlopen(library_file("libheadroom_notice.so").c_str(), RTLD_LAZY);
  using Notice = int (*)(const void*);
  auto* const notice =
      handle == nullptr ? nullptr : reinterpret_cast<Notice>(dlsym(handle, "headroom_notice"));
  const int answer = notice == nullptr ? -1 : notice(&why);
  if (answer == 1) {
    std::fflush(nullptr);
    execv("/proc/self/exe", argv);
  }
  if (answer < 0 && !headroom::has_terminal()) headroom::show_by_desktop(why.english());
  return code;
}

// libtorch's libraries map 0.4 GB; where they cannot, they end the program with messages of their
// own. Empty if there is room.
headroom::Message lack_of_address_space() {
  constexpr rlim_t kLeast = 512 * 1024 * 1024;
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur >= kLeast) return {};
  return headroom::say(
      "this process may map {0} MB of memory only (ulimit -v, or LimitAS of a service), and its "
      "libraries alone take 412 MB; raise that limit",
      limit.rlim_cur >> 20);
}

int main(int argc, char** argv) {
  // By default a thread that waits for others spins for a long time. If another program wants its
  // core, the other threads have to wait: one busy neighbour on two cores was measured to make a
  // run 50 times slower. Sleeping at once costs a wake-up for every small operation and made steps
  // 1.5 times slower. A spin of about ten microseconds before sleeping avoids both.
  setenv("GOMP_SPINCOUNT", "1000", /*overwrite=*/0);

  const std::vector<headroom::Message> warnings = set_aside_wrong_allocator_settings();

  // Without a working folder, libraries that libtorch loads would end the program with messages of
  // their own.
  std::error_code error;
  const auto folder = std::filesystem::current_path(error);
  if (error) {
    return tell(headroom::say("the working folder does not exist any more; change to another one"),
                headroom::exit_code(headroom::ErrorKind::kIo), argc, argv);
  }

  if (const headroom::Message lack = lack_of_address_space(); !lack.empty())
    return tell(lack, headroom::kExitMemory, argc, argv);

  void* const handle = dlopen(library_file("libheadroom_app.so").c_str(), RTLD_LAZY | RTLD_GLOBAL);
  using Entry = int (*)(int, char**);
  auto* const entry =
      handle == nullptr ? nullptr : reinterpret_cast<Entry>(dlsym(handle, "headroom_program"));
  if (entry == nullptr) {
    return tell(
        headroom::say("the installation is incomplete: {0}; libtorch stays in the folder .deps of "
                      "Headroom's sources: run scripts/setup.sh there, or build and install anew",
                      std::string(dlerror())),
        headroom::kExitInternal, argc, argv);
  }
  using Warned = void (*)(const void*);
  if (auto* const warned = reinterpret_cast<Warned>(dlsym(handle, "headroom_warned"))) {
    for (const headroom::Message& warning : warnings) warned(&warning);
  }
  const int code = entry(argc, argv);
  if (code != headroom::kExitStartAgain) return code;
  std::fflush(nullptr);
  execv("/proc/self/exe", argv);
  std::perror("headroom: cannot start again");
  return headroom::kExitInternal;
}
