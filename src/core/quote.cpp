#include "headroom/core/quote.h"

namespace headroom {
namespace {

unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

bool continues(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

void append_code(std::string& out, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\x";
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 15U];
}

// Marks that change the direction of text, U+202A to U+202E and U+2066 to U+2069: a terminal shows
// a text with them in another order than its characters have.
bool turns_direction(std::string_view text, std::size_t i) {
  if (i + 2 >= text.size() || byte_at(text, i) != 0xE2) return false;
  const unsigned char middle = byte_at(text, i + 1);
  const unsigned char last = byte_at(text, i + 2);
  return (middle == 0x80 && last >= 0xAA && last <= 0xAE) ||
         (middle == 0x81 && last >= 0xA6 && last <= 0xA9);
}

constexpr std::string_view kLayout = "\n\t";

// Terminals also obey U+0080 to U+009F, which UTF-8 writes as C2 80 to C2 9F; some obey the bare
// bytes.
//
// Calls `control` with each of their bytes; returns the rest, with the control characters in
// `kept`.
template <typename Control>
std::string without_controls(std::string_view text, std::string_view kept, const Control& control) {
  std::string out;
  unsigned char lead = 0;  // first byte of the character that the current byte continues
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char byte = byte_at(text, i);
    if (byte == 0xC2 && i + 1 < text.size() && byte_at(text, i + 1) >= 0x80 &&
        byte_at(text, i + 1) <= 0x9F) {
      control(out, byte_at(text, ++i));
      lead = 0;
      continue;
    }
    if (turns_direction(text, i)) {
      for (const std::size_t end = i + 3; i < end; ++i) control(out, byte_at(text, i));
      --i;
      lead = 0;
      continue;
    }
    if (!continues(byte)) lead = byte;
    const bool stray = byte >= 0x80 && byte <= 0x9F && lead < 0xC0;
    const bool is_control = byte < 0x20 || byte == 0x7F || stray;
    if (is_control && kept.find(text[i]) == std::string_view::npos) {
      control(out, byte);
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) {
  return without_controls(text, kLayout, append_code);
}

std::string drop_controls(std::string_view text) {
  return without_controls(text, kLayout, [](std::string& /*out*/, unsigned char /*byte*/) {});
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kMaxLength = 60;
  std::size_t end = text.size();
  if (end > kMaxLength) {
    end = kMaxLength;
    while (end > 0 && continues(byte_at(text, end))) --end;
  }
  return '"' + without_controls(text.substr(0, end), {}, append_code) +
         (end < text.size() ? "...\"" : "\"");
}

}  // namespace headroom
