#pragma once
#include "headroom/cli/command_line.h"
#include "headroom/cli/signals.h"

#include "generation_context.h"

namespace headroom {

// Whether there are several prompts: from --prompts, or one with choices.
[[nodiscard]] bool has_many_prompts(const CommandLine& line);

// Makes the pictures of all prompts. Each prompt begins with the typed seed or a new one; the
// choices in a prompt are made for each picture, by its seed. A prompt that fails is reported, and
// the others continue. Returns the exit code, that of the first failure; throws Error for a fault
// that affects all prompts.
[[nodiscard]] int run_prompts(const CommandLine& line, const GenerationContext& app,
                              const GenerationRequest& request, const BlockedSignals& signals);

}  // namespace headroom
