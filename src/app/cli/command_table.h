#pragma once
#include "cli/typed.h"

#include <span>
#include <string_view>

namespace CLI {
class App;
}

namespace headroom {

struct CommandLine;

// A command of the program: a row of the table, and its function in commands/.
struct Command {
  std::string_view name;  // as it is typed
  const char* what;       // for --help
  void (*add_options)(CLI::App& command, Typed& typed);
  // Throws Error{kInvalidRequest} when something is missing that must be typed. Null: nothing must.
  void (*check)(const Typed& typed);
  int (*run)(const CommandLine& line);  // returns the exit code; throws Error
};

[[nodiscard]] std::span<const Command> commands();

}  // namespace headroom
