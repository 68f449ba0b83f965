#pragma once
#include "headroom/records/read_settings.h"

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// The `Dream` entry of InvokeAI's first versions, a line of its own command:
// "a red cat [blurry]" -s 50 -S 123 -W 512 -H 512 -C 7.5 -A k_lms
// with or without a blank before the values. Options without a field here are unknown. Nothing when
// it has none of those that make a picture.
[[nodiscard]] std::optional<ReadSettings> parse_dream_command(const std::string& text);

// InvokeAI's first two formats write what is not wanted in brackets into the prompt: the same
// object with "prompt" and "negative_prompt".
[[nodiscard]] nlohmann::json with_negative_apart(nlohmann::json settings);

}  // namespace headroom
