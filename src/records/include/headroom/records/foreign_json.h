#pragma once
#include "headroom/records/read_settings.h"

#include <optional>
#include <string>

namespace headroom {

// Reads JSON that other programs write: SwarmUI, Fooocus, InvokeAI, NovelAI, Draw Things, Easy
// Diffusion, ComfyUI's graph. Nothing when the text is not JSON or has neither a prompt nor a
// seed.
[[nodiscard]] std::optional<ReadSettings> parse_foreign_json(const std::string& text);

}  // namespace headroom
