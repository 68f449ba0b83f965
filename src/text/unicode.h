#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace headroom {

// The character classes of the reference's regex engine: \p{L}, \p{N} (Unicode 16) and \s.
[[nodiscard]] bool is_letter(char32_t code);
[[nodiscard]] bool is_number(char32_t code);
[[nodiscard]] bool is_space(char32_t code);

// The code point that starts at byte `at`; moves `at` to the next one. `text` is valid UTF-8.
[[nodiscard]] char32_t next_code_point(std::string_view text, std::size_t& at);

// Normalisation form C as the reference has it: with the tables of Unicode 9, so that later marks
// and compositions stay as they are. `text` is valid UTF-8. Time is linear, except for sorting the
// marks of one letter.
[[nodiscard]] std::string to_nfc(std::string_view text);

}  // namespace headroom
