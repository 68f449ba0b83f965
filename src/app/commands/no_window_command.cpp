// Replaces window_command.cpp when the program is built without its window.
#include "headroom/core/error.h"

#include "commands/commands.h"

namespace headroom {

int run_window(const CommandLine&) {
  throw Error(ErrorKind::kInvalidRequest,
              "this program was built without its window; use a command, such as headroom generate "
              "(headroom --help lists them), or build with -DHEADROOM_WITH_GUI=ON");
}

}  // namespace headroom
