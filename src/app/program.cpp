#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/device/device.h"

#include "command_line.h"
#include "commands.h"
#include "exit_code.h"
#include "logging.h"
#include "output.h"
#include "signals.h"

#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include <spdlog/spdlog.h>

namespace headroom {
namespace {

int run(const CommandLine& line) {
  using Command = CommandLine::Command;
  switch (line.command) {
    case Command::kWindow:
      return run_window(line);
    case Command::kGenerate:
      return run_generate(line);
    case Command::kPlan:
      return run_plan(line);
    case Command::kFrontier:
      return run_frontier(line);
    case Command::kReport:
      return run_report(line);
    case Command::kDevices:
      return run_devices(line);
    case Command::kCalibrate:
      return run_calibrate(line);
    case Command::kModels:
      return run_models(line);
    case Command::kCache:
      return run_cache(line);
    case Command::kInspect:
      return run_inspect(line);
    case Command::kTokenize:
      return run_tokenize(line);
  }
  return kExitInternal;
}

int run_program(int argc, const char* const* argv) {
  ignore_write_signals();
  quiet_libtorch();
  int code = kExitOk;
  if (const auto line = read_command_line(argc, argv)) {
    start_logging(line->config.log, /*quiet=*/line->command != CommandLine::Command::kWindow);
    for (const std::string& warning : line->config.warnings) spdlog::warn("{}", warning);
    code = run(*line);
  }
  if (code == kExitOk) flush_output();  // another code has its own message already
  return code;
}

int report(int code, const char* message) {
  std::fprintf(stderr, "headroom: %s\n", printable(message).c_str());
  spdlog::debug("ended with exit code {}: {}", code, message);
  return code;
}

}  // namespace
}  // namespace headroom

// The library's one entry; main.cpp loads it.
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
