// The program proper is a library that is loaded only after the environment is set: libgomp, which
// libtorch brings, reads its settings while it is being loaded and never again, and so does
// libtorch.

#include "headroom/core/error.h"
#include "headroom/memory/cuda_allocator_model.h"

#include "exit_code.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include <dlfcn.h>
#include <unistd.h>

// The CUDA part of libtorch ends the process, with no word of ours, over settings that it cannot
// read. Without them it does what it does everywhere.
void set_aside_wrong_allocator_settings() {
  for (const char* const name : {"PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF"}) {
    const char* const settings = std::getenv(name);
    if (settings == nullptr) continue;
    try {
      (void)headroom::parse_cuda_alloc_conf(settings);
      return;  // libtorch reads the first that is set
    } catch (const headroom::Error& e) {
      std::fprintf(stderr, "headroom: warning: %s is not used: %s\n", name, e.what());
      unsetenv(name);
    }
  }
}

int main(int argc, char** argv) {
  // By default a thread that waits for the others burns its core for a long time. As soon as any
  // other program wants that core, the others wait for the burner: measured, one busy neighbour on
  // two cores made a run 50 times slower. Sleeping at once costs a wake-up for every small
  // operation and made steps 1.5 times slower. A spin of some ten microseconds before sleeping
  // costs neither.
  setenv("GOMP_SPINCOUNT", "1000", /*overwrite=*/0);

  set_aside_wrong_allocator_settings();

  // Libraries that libtorch loads while it starts end the program in their own words without one.
  std::error_code error;
  const auto folder = std::filesystem::current_path(error);
  if (error) {
    std::fputs("headroom: the working folder does not exist any more; change to another one\n",
               stderr);
    return 3;
  }

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
  if (code != headroom::kStartAgain) return code;
  std::fflush(nullptr);
  execv("/proc/self/exe", argv);
  std::perror("headroom: cannot start again");
  return headroom::kExitInternal;
}
