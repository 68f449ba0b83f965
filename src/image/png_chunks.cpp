#include "png_chunks.h"

#include <array>

namespace headroom {
namespace {

// The remainder of each byte value followed by eight zero bits, for the reflected polynomial
// 0xEDB88320.
constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit)
      rest = (rest & 1U) != 0 ? 0xEDB88320U ^ (rest >> 1) : rest >> 1;
    table[byte] = rest;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kCrcTable = make_crc_table();

void append_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFFU);
}

}  // namespace

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes)
    crc = kCrcTable[(crc ^ static_cast<unsigned char>(c)) & 0xFFU] ^ crc >> 8;
  return ~crc;
}

std::string png_chunk(std::string_view type, std::string_view data) {
  std::string chunk;
  chunk.reserve(data.size() + 12);
  append_u32(chunk, static_cast<std::uint32_t>(data.size()));
  chunk += type;
  chunk += data;
  append_u32(chunk, crc32(std::string_view(chunk).substr(4)));
  return chunk;
}

std::uint32_t read_u32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::optional<std::string> utf8_to_latin1(std::string_view utf8) {
  std::string latin1;
  latin1.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0x80) {
      latin1 += utf8[i];
    } else if (lead <= 0xC3 && i + 1 < utf8.size()) {  // C2 and C3 lead U+0080 to U+00FF
      const auto trail = static_cast<unsigned char>(utf8[++i]);
      latin1 += static_cast<char>((lead & 0x03U) << 6 | (trail & 0x3FU));
    } else {
      return std::nullopt;
    }
  }
  return latin1;
}

}  // namespace headroom
