#pragma once
#include <string>
#include <string_view>

namespace headroom {

// Texts that people type and paste where a number is wanted.

// `text` with plain ASCII characters where it had others of the same meaning: full-width digits
// and letters, a typographic minus, blanks of other widths.
[[nodiscard]] std::string plain_text(std::string_view text);

// `text` without the blanks, line ends and quotes around it.
[[nodiscard]] std::string_view trim(std::string_view text);

[[nodiscard]] inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace headroom
