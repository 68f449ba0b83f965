#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::test {

// Bit by bit, as ISO 3309 defines it; independent of the code under test.
inline std::uint32_t slow_crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

inline std::string u32(std::uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xFFU);
  return text;
}

inline std::string chunk(std::string_view type, std::string_view data) {
  const std::string body = std::string(type) + std::string(data);
  return u32(static_cast<std::uint32_t>(data.size())) + body + u32(slow_crc32(body));
}

// One stored (uncompressed) deflate block in a zlib frame; `data` under 64 KiB.
inline std::string zlib_stored(std::string_view data) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : data) {
    a = (a + static_cast<unsigned char>(c)) % 65521U;
    b = (b + a) % 65521U;
  }
  const auto size = static_cast<std::uint16_t>(data.size());
  std::string out("\x78\x01\x01", 3);
  for (const unsigned v :
       {size & 0xFFU, unsigned{size} >> 8, ~size & 0xFFU, (~size >> 8) & 0xFFU}) {
    out += static_cast<char>(v);
  }
  return out + std::string(data) + u32(b << 16 | a);
}

inline const std::string kSignature("\x89PNG\r\n\x1a\n", 8);

// PNG colour types: 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGB + alpha. Each of `rows` begins
// with its filter byte (0); `before_data` are whole chunks.
inline std::string raw_png(std::uint32_t width, std::uint32_t height, char bits, char color_type,
                           std::string_view rows, const std::string& before_data = "") {
  const std::string header = u32(width) + u32(height) + bits + color_type + std::string(3, '\0');
  return kSignature + chunk("IHDR", header) + before_data + chunk("IDAT", zlib_stored(rows)) +
         chunk("IEND", "");
}

struct RawChunk {
  std::string type;
  std::string data;
  bool crc_ok = false;
};

inline std::vector<RawChunk> split_chunks(std::string_view png) {
  const auto number = [&png](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value = value << 8 | static_cast<unsigned char>(png[at + i]);
    return value;
  };
  std::vector<RawChunk> chunks;
  for (std::size_t at = kSignature.size(); at + 12 <= png.size();) {
    const std::size_t length = number(at);
    chunks.push_back({std::string(png.substr(at + 4, 4)), std::string(png.substr(at + 8, length)),
                      slow_crc32(png.substr(at + 4, 4 + length)) == number(at + 8 + length)});
    at += 12 + length;
  }
  return chunks;
}

}  // namespace headroom::test
