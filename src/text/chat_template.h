#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace headroom {

inline constexpr std::string_view kMessageStart = "<|im_start|>";
inline constexpr std::string_view kMessageEnd = "<|im_end|>";

// Throws Error{kModelFile} unless the tokenizer folder's chat template (chat_template.jinja, else
// tokenizer_config.json) is of the kind that render_chat() writes. The template is not run.
void check_chat_template(const std::filesystem::path& folder);

// `prompt` as the user's message, with the assistant's turn opened. Nothing is stripped or escaped.
[[nodiscard]] std::string render_chat(std::string_view prompt);

}  // namespace headroom
