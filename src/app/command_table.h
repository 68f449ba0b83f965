#pragma once
#include "headroom/cli/command.h"

#include <span>

namespace headroom {

// All commands of the program, each with its function in commands/.
[[nodiscard]] std::span<const Command> commands();

}  // namespace headroom
