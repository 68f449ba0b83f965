#pragma once
#include "headroom/core/generation.h"

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// A request as JSON, with the field names of the command line's --json.
[[nodiscard]] nlohmann::json to_json(const GenerationRequest& request);
// Reads such JSON. Everything is restored except the pixels of a start picture and of a mask, of
// which it has only names and hashes. Throws Error{kInvalidRequest} naming what is missing or out
// of range.
[[nodiscard]] GenerationRequest read_request_json(const std::string& text);

// The same of what can be read: a setting of another type keeps its default. Ranges are not
// checked, see validate().
[[nodiscard]] GenerationRequest read_request_leniently(const nlohmann::json& object);

// Name, strength and hash of each LoRA.
[[nodiscard]] nlohmann::json to_json(const std::vector<UsedLora>& loras);

}  // namespace headroom
