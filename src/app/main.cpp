// The program proper is a library that is loaded only after the environment is set: libgomp, which
// libtorch brings, reads its settings while it is being loaded and never again.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include <dlfcn.h>

int main(int argc, char** argv) {
  // By default a thread that waits for the others burns its core for a long time. As soon as any
  // other program wants that core, the others wait for the burner: measured, one busy neighbour on
  // two cores made a run 50 times slower. Sleeping at once costs a wake-up for every small
  // operation and made steps 1.5 times slower. A spin of some ten microseconds before sleeping
  // costs neither.
  setenv("GOMP_SPINCOUNT", "1000", /*overwrite=*/0);

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
  return entry(argc, argv);
}
