#include "headroom/cli/command_line.h"
#include "headroom/cli/exit_code.h"
#include "headroom/cli/signals.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/core/error.h"
#include "headroom/core/languages.h"
#include "headroom/core/quote.h"
#include "headroom/device/device.h"

#include "command_table.h"
#include "commands/commands.h"
#include "logging.h"
#include "start_warnings.h"
#include "surroundings.h"

#include <cstdio>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <spdlog/spdlog.h>

namespace headroom {
namespace {

// Only the language option, if it is valid, since the other arguments cannot be read.
std::vector<const char*> language_alone(int argc, const char* const* argv) {
  const std::string_view option = "--language";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool is_apart = argument == option && i + 1 < argc;
    if (is_apart && is_language(argv[i + 1])) return {argv[0], argv[i], argv[i + 1]};
    const bool is_joined =
        argument.starts_with(option) && argument.substr(option.size()).starts_with('=');
    if (is_joined && is_language(argument.substr(option.size() + 1))) return {argv[0], argv[i]};
  }
  return {argv[0]};
}

// If the program was started from a menu, a wrong option can only be reported in the window.
std::optional<CommandLine> read_or_open(int argc, const char* const* argv) {
  try {
    return read_command_line(argc, argv, commands());
  } catch (const Error& e) {
    const bool is_for_window = argc > 1 && argv[1][0] == '-';
    if (!is_for_window || !has_display() || has_terminal()) throw;
    const std::vector<const char*> kept = language_alone(argc, argv);
    auto line = read_command_line(static_cast<int>(kept.size()), kept.data(), commands());
    std::string typed;
    for (int i = 1; i < argc; ++i) typed += (i == 1 ? "" : " ") + printable(argv[i]);
    if (line) {
      line->config_problems.emplace_back(
          e.kind(),
          say("{0}; the options it was started with ({1}) are left out", e.message(), typed));
    }
    return line;
  }
}

int run_program(int argc, const char* const* argv) {
  ignore_write_signals();
  quiet_libtorch();
  int code = kExitOk;
  if (const auto line = read_or_open(argc, argv)) {
    start_logging(line->config.log, /*quiet=*/line->command != nullptr);
    for (const Message& warning : line->config.warnings) spdlog::warn("{}", warning.english());
    for (const Message& warning : start_warnings()) spdlog::info("{}", warning.english());
    code = line->command != nullptr ? line->command->run(*line) : run_window(*line);
  }
  if (code == kExitOk) flush_output();  // with another code there was a message already
  return code;
}

int report(int code, const char* message) {
  std::fprintf(stderr, "headroom: %s\n", printable(message).c_str());
  spdlog::debug("ended with exit code {}: {}", code, message);
  return code;
}

}  // namespace
}  // namespace headroom

// For main.cpp, before it calls the program: what it has told on the terminal.
extern "C" void headroom_warned(const void* message) {
  headroom::start_warnings().push_back(*static_cast<const headroom::Message*>(message));
}

// The entry point of the library; main.cpp loads it.
extern "C" int headroom_program(int argc, char** argv) {
  using namespace headroom;
  try {
    return run_program(argc, argv);
  } catch (const Error& e) {
    return report(exit_code(e.kind()), e.what());
  } catch (const std::bad_alloc&) {
    return report(kExitMemory,
                  "the computer is out of memory; close other programs or choose a smaller size");
  } catch (const std::exception& e) {
    return report(kExitInternal, plain_message(e).c_str());
  }
}
