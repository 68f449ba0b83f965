#pragma once
#include "headroom/records/read_settings.h"

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// Reads settings from one flat object, in any program's spelling: "Negative Prompt",
// "negative_prompt" and "uc" are one field, and a CFG scale is guidance + 1. What a request has no
// field for, or cannot hold, becomes unknown. Nothing when there is neither a prompt nor a seed.
[[nodiscard]] std::optional<ReadSettings> read_foreign_object(const nlohmann::json& object,
                                                              std::string source, std::string text);

// A prompt, or the lines of a list of weighted prompts; nothing when `value` is neither.
[[nodiscard]] std::optional<std::string> prompt_of(const nlohmann::json& value);

// Whether `json` nests so little that writing it cannot exhaust the stack; checked for every text
// from outside.
[[nodiscard]] bool is_shallow(std::string_view json);

// A string as it is, everything else as JSON.
[[nodiscard]] std::string shown_value(const nlohmann::json& value);

}  // namespace headroom
