#pragma once
#include "headroom/core/generation.h"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// A request, plan and receipt as JSON, with the field names of the command line's --json. The
// receipt's has no plan, which stands beside it.
[[nodiscard]] nlohmann::json to_json(const GenerationRequest& request);
[[nodiscard]] nlohmann::json to_json(const Plan& plan);
[[nodiscard]] nlohmann::json to_json(const Receipt& receipt);

// The whole of what belongs into a picture's `headroom` entry: {"request", "plan", "receipt"} plus
// the picture's own seed. Pretty enough to be read, one line.
[[nodiscard]] std::string settings_json(const GenerationRequest& request,
                                        const GeneratedImage& picture);

// The `parameters` text of AUTOMATIC1111's web UI: prompt, "Negative prompt: ...", then
// "Steps: 8, Sampler: Euler, CFG scale: 3, Seed: 1, Size: 512x512, Model: ...".
// CFG scale is guidance_scale + 1, as there.
[[nodiscard]] std::string a1111_parameters(const GenerationRequest& request,
                                           const GeneratedImage& picture);

// What a picture's text says about how it was made. The A1111 text has no count.
struct ReadSettings {
  GenerationRequest request;
  std::string source;                                        // "headroom" or "parameters"
  std::vector<std::pair<std::string, std::string>> unknown;  // keys that have no field here
};
// Both: request.seed is the picture's own seed; a key that is absent keeps the default; throw
// Error{kInvalidRequest} naming the key when the text is malformed or a value is out of range.
// JSON: unknown keys inside the request are listed as "request.KEY"; plan and receipt are not read.
[[nodiscard]] ReadSettings parse_settings_json(const std::string& text);
[[nodiscard]] ReadSettings parse_a1111_parameters(const std::string& text);

}  // namespace headroom
