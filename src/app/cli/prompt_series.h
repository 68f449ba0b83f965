#pragma once
#include "cli/command_line.h"
#include "cli/signals.h"
#include "composition.h"

namespace headroom {

// Whether a run is of more than one prompt: those of --prompts, or one with choices in it.
[[nodiscard]] bool has_many_prompts(const CommandLine& line);

// Makes the pictures of all prompts, each prompt from the seed that was asked for, or from a new
// one; a prompt with choices is picked anew for each picture, by its seed. A prompt that fails is
// named, and the others go on. Returns the exit code, the first failure's; throws Error for what is
// wrong with all.
[[nodiscard]] int run_prompts(const CommandLine& line, const Composition& app,
                              const GenerationRequest& request, const BlockedSignals& signals);

}  // namespace headroom
