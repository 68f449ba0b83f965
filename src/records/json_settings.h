#pragma once
#include "headroom/records/read_settings.h"

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// Settings as one flat object, in any program's spelling: "Negative Prompt", "negative_prompt" and
// "uc" are one field, a CFG scale is our guidance and one more. What a request has no field for, or
// cannot hold, is unknown. Nothing when there is neither a prompt nor a seed.
[[nodiscard]] std::optional<ReadSettings> read_settings_object(const nlohmann::json& object,
                                                               std::string source,
                                                               std::string text);

// A prompt, or the lines of a list of prompts with weights; nothing when it is neither.
[[nodiscard]] std::optional<std::string> prompt_of(const nlohmann::json& value);

// Whether JSON nests less deeply than would take more stack to write down than there is; asked of
// every text that comes from outside.
[[nodiscard]] bool is_shallow(std::string_view json);

// A string as it is, all else as JSON.
[[nodiscard]] std::string shown_value(const nlohmann::json& value);

}  // namespace headroom
