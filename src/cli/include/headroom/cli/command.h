#pragma once
#include "headroom/cli/typed_options.h"

#include <string_view>

namespace CLI {
class App;
}

namespace headroom {

struct CommandLine;

// A command of the program: a row of the table that the program is given.
struct Command {
  std::string_view name;  // as it is typed
  const char* what;       // for --help
  void (*add_options)(CLI::App& command, TypedOptions& typed);
  // Throws Error{kInvalidRequest} when a required option is missing. Null: none is required.
  void (*check)(const TypedOptions& typed);
  int (*run)(const CommandLine& line);  // returns the exit code; throws Error
};

}  // namespace headroom
