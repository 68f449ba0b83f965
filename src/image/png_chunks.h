#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headroom {

inline constexpr std::string_view kPngSignature{"\x89PNG\r\n\x1a\n", 8};

// CRC-32 of `bytes` as PNG requires it (ISO 3309; PNG 1.2 §3.4).
[[nodiscard]] std::uint32_t crc32(std::string_view bytes);

// A whole chunk: length, type, data, CRC.
[[nodiscard]] std::string png_chunk(std::string_view type, std::string_view data);

// The big-endian number in the first four bytes; there must be at least four.
[[nodiscard]] std::uint32_t read_u32(std::string_view bytes);

// Converts valid UTF-8 to Latin-1; nothing when a character is beyond U+00FF.
[[nodiscard]] std::optional<std::string> utf8_to_latin1(std::string_view utf8);

}  // namespace headroom
