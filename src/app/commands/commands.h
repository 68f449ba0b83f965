#pragma once
#include "headroom/cli/command_line.h"

namespace headroom {

// One function per command; each returns the exit code and throws Error.
int run_generate(const CommandLine& line);
int run_finish(const CommandLine& line);
int run_resume(const CommandLine& line);
int run_upscale(const CommandLine& line);
int run_plan(const CommandLine& line);
int run_frontier(const CommandLine& line);
int run_report(const CommandLine& line);
int run_devices(const CommandLine& line);
int run_models(const CommandLine& line);
int run_cache(const CommandLine& line);
int run_calibrate(const CommandLine& line);
int run_quantize(const CommandLine& line);
int run_inspect(const CommandLine& line);
int run_tokenize(const CommandLine& line);
int run_window(const CommandLine& line);

}  // namespace headroom
