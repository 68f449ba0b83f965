#pragma once
#include "headroom/core/generation.h"
#include "headroom/records/read_settings.h"

#include <string>

namespace headroom {

// The `parameters` text of AUTOMATIC1111's web UI: prompt, "Negative prompt: ...", then
// "Steps: 8, Sampler: Euler, CFG scale: 3, Seed: 1, Size: 512x512, Model: ...", and
// "Lora hashes: "ink: 0123456789ab"", whose names and strengths are tags in the prompt.
// CFG scale is guidance_scale + 1, as there.
[[nodiscard]] std::string a1111_parameters(const GenerationRequest& request,
                                           const GeneratedImage& picture);

// Reads the A1111 text, also with other programs' lines after its settings. Values that cannot be
// read or are out of range are listed as unknown. Throws Error{kInvalidRequest} when no line has
// settings.
[[nodiscard]] ReadSettings parse_a1111_parameters(const std::string& text);

}  // namespace headroom
