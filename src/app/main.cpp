// The program itself is a library that is loaded after the environment is set: libgomp, which
// comes with libtorch, and libtorch itself read the environment only while they are loaded.

#include "headroom/cli/exit_code.h"
#include "headroom/core/error.h"
#include "headroom/memory/allocator_conf.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

void set_aside(const char* name, const char* why) {
  std::fprintf(stderr, "headroom: warning: %s is not used: %s\n", name, why);
  unsetenv(name);
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
void set_aside_wrong_allocator_settings() {
  for (const char* const name : headroom::kUncachedVariables) {
    if (std::getenv(name) == nullptr) continue;
    set_aside(name, "it switches off the allocator that memory is planned for");
  }
  for (const char* const name : headroom::kAllocatorVariables) {
    const char* const settings = std::getenv(name);
    if (settings == nullptr) continue;
    try {
      if (headroom::parse_allocator_conf(settings).expandable_segments && !can_grow_segments())
        set_aside(name, "expandable segments need the driver's libnvidia-ml.so.1");
    } catch (const headroom::Error& e) {
      set_aside(name, e.what());
    }
  }
  // The general name takes precedence, but a part of libtorch reads the old one first.
  const auto& [general_name, old_name] = headroom::kAllocatorVariables;
  const char* const general = std::getenv(general_name);
  const char* const old = std::getenv(old_name);
  if (general == nullptr || old == nullptr || std::string(general) == old) return;
  set_aside(old_name, (std::string(general_name) + " is set too, which comes first").c_str());
}

// libtorch's libraries map 0.4 GB; where they cannot, they end the program with messages of their
// own.
bool has_address_space() {
  constexpr rlim_t kLeast = 512 * 1024 * 1024;
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur >= kLeast) return true;
  std::fprintf(stderr,
               "headroom: this process may map %llu MB of memory only (ulimit -v, or LimitAS of a "
               "service), and its libraries alone take 412 MB; raise that limit\n",
               static_cast<unsigned long long>(limit.rlim_cur >> 20));
  return false;
}

int main(int argc, char** argv) {
  // By default a thread that waits for others spins for a long time. If another program wants its
  // core, the other threads have to wait: one busy neighbour on two cores was measured to make a
  // run 50 times slower. Sleeping at once costs a wake-up for every small operation and made steps
  // 1.5 times slower. A spin of about ten microseconds before sleeping avoids both.
  setenv("GOMP_SPINCOUNT", "1000", /*overwrite=*/0);

  set_aside_wrong_allocator_settings();

  // Without a working folder, libraries that libtorch loads would end the program with messages of
  // their own.
  std::error_code error;
  const auto folder = std::filesystem::current_path(error);
  if (error) {
    std::fputs("headroom: the working folder does not exist any more; change to another one\n",
               stderr);
    return 3;
  }

  if (!has_address_space()) return headroom::kExitMemory;

  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string library =
      (program.parent_path().parent_path() / "lib" / "libheadroom_app.so").string();
  void* const handle = dlopen(library.c_str(), RTLD_LAZY | RTLD_GLOBAL);
  using Entry = int (*)(int, char**);
  auto* const entry =
      handle == nullptr ? nullptr : reinterpret_cast<Entry>(dlsym(handle, "headroom_program"));
  if (entry == nullptr) {
    std::fprintf(stderr, "headroom: the installation is incomplete: %s\n", dlerror());
    return 1;
  }
  const int code = entry(argc, argv);
  if (code != headroom::kExitStartAgain) return code;
  std::fflush(nullptr);
  execv("/proc/self/exe", argv);
  std::perror("headroom: cannot start again");
  return headroom::kExitInternal;
}
