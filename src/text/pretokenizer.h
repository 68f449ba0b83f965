#pragma once
#include <string_view>
#include <vector>

namespace headroom {

// The pattern that split_pieces() implements, as tokenizer.json spells it.
inline constexpr std::string_view kSplitPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|)"
    R"(\s*[\r\n]+|\s+(?!\S)|\s+)";

// Cuts normalised text into the pieces inside which byte pairs are merged. The pieces cover `text`
// without gaps and point into it. `text` is valid UTF-8; time is linear.
[[nodiscard]] std::vector<std::string_view> split_pieces(std::string_view text);

}  // namespace headroom
