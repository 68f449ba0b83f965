#pragma once
#include "headroom/records/read_settings.h"

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// The `Dream` entry of InvokeAI's first versions, a command line of its own:
// "a red cat [blurry]" -s 50 -S 123 -W 512 -H 512 -C 7.5 -A k_lms
// with or without a blank before the values. Options that no request has a field for become
// unknown. Nothing when the text has none of the options that define a picture.
[[nodiscard]] std::optional<ReadSettings> parse_dream_command(const std::string& text);

// InvokeAI's first two formats put the negative prompt into the prompt in brackets. Returns the
// same object with separate "prompt" and "negative_prompt".
[[nodiscard]] nlohmann::json with_negative_apart(nlohmann::json settings);

}  // namespace headroom
