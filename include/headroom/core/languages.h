#pragma once
#include <array>
#include <string>
#include <string_view>

namespace headroom {

// A language of the window: its texts are configs/lang/CODE.yaml, and messages.CODE.yaml has the
// words for the other rooms' messages, which are English without.
struct Language {
  std::string_view code;   // ISO 639-1, as settings and LANG have it
  std::string_view badge;  // on the button that changes it
  double line_of_em;       // from line to line; Chinese characters fill their squares
};

// The first is that of a desktop in any other.
inline constexpr std::array kLanguages{Language{"en", "EN", 1.21}, Language{"zh", "中", 1.5}};

// The language of that code; the first where there is none.
[[nodiscard]] const Language& language_of(std::string_view code);
[[nodiscard]] bool is_language(std::string_view code);
// The one after it, round and round.
[[nodiscard]] const Language& language_after(std::string_view code);

// "en or zh".
[[nodiscard]] std::string language_codes();

}  // namespace headroom
