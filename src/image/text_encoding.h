#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace headroom {

// Text that programs wrote without saying how: UTF-8 when it is valid as that, or nearly so: cut in
// a character or with a few damaged ones, which become U+FFFD. Else Windows-1252, which Latin-1 is
// a part of.
[[nodiscard]] std::string text_as_utf8(std::string_view bytes);

// A character by its number in Unicode; U+FFFD for what is none.
[[nodiscard]] std::string utf8_of(std::uint32_t code);

// UTF-16 as UTF-8. A byte order mark decides; without one the order that gives more characters of
// the first 256, `big_endian_first` when both give the same. Halves of a pair become U+FFFD.
[[nodiscard]] std::string utf16_to_utf8(std::string_view bytes, bool big_endian_first);

// What zlib packed.
struct Inflated {
  enum class Fault {
    kNone,
    kDamaged,
    kTooLong,  // for a text of a picture: no more than kMaxTextBytes are unpacked
  };
  std::string text{};  // empty with a fault
  Fault fault = Fault::kNone;
};
inline constexpr std::size_t kMaxTextBytes = std::size_t{16} << 20;
[[nodiscard]] Inflated inflate_text(std::string_view bytes);

}  // namespace headroom
