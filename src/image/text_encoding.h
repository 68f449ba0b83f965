#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace headroom {

// Decodes text whose encoding is not known. It is taken as UTF-8 when it is valid, or nearly so:
// cut inside a character, or with a few damaged ones, which become U+FFFD. Otherwise as
// Windows-1252, which includes Latin-1.
[[nodiscard]] std::string text_as_utf8(std::string_view bytes);

// The character with this Unicode number; U+FFFD for numbers without a character.
[[nodiscard]] std::string utf8_of(std::uint32_t code);

// Converts UTF-16 to UTF-8. A byte order mark decides the order; without one, the order that gives
// more characters below U+0100, or `big_endian_first` if both give equally many. Halves of a
// surrogate pair become U+FFFD.
[[nodiscard]] std::string utf16_to_utf8(std::string_view bytes, bool big_endian_first);

// The result of unpacking zlib data.
struct Inflated {
  enum class Fault {
    kNone,
    kDamaged,
    kTooLong,  // more than kMaxTextBytes, the limit for a picture's text
  };
  std::string text{};  // empty after a fault
  Fault fault = Fault::kNone;
};
inline constexpr std::size_t kMaxTextBytes = std::size_t{16} << 20;
[[nodiscard]] Inflated inflate_text(std::string_view bytes);

}  // namespace headroom
