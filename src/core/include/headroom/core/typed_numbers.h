#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace headroom {

// Numbers as people type and paste them: with blanks and quotes around them, full-width digits of
// an input method, a typographic minus, "8.0" and "1.5e9" for whole numbers. Exact, whatever the
// locale. A text with anything else beside the number is not a number.

// Enough for a picture's settings with the longest prompt; longer texts are refused without
// reading them.
inline constexpr std::size_t kMaxTypedBytes = 160 * 1024;

// A whole number, also in groups of three ("1,024"); empty for fractions ("1.5"), for numbers that
// do not fit, and for ambiguous ones (see reads_two_ways()).
[[nodiscard]] std::optional<std::int64_t> parse_whole(std::string_view text);

// "1.024", "-8.000": to some a fraction, as programs write it, to others 1024, as half of Europe
// groups. Where a whole number is wanted nobody can tell. Commas are no such case: a program writes
// none in a fraction. Blanks never group: "512 768" are two numbers.
[[nodiscard]] bool reads_two_ways(std::string_view text);

// A finite number, written with a point or, as in half of Europe, with a comma ("7,5").
[[nodiscard]] std::optional<double> parse_real(std::string_view text);

// What a text says about the seed.
struct TypedSeed {
  std::optional<std::uint64_t> value;  // empty: a new seed for every request
  friend bool operator==(const TypedSeed&, const TypedSeed&) = default;
};

// Reads a whole number from 0 to 2^64 - 1. "-1", "random", "随机" and an empty text mean a new
// seed. Also finds the seed in a picture's settings by its name ("Seed: 1, Size: 512x512",
// "\"seed\": 1", "--seed 1"). Empty if the text is no seed, a fraction, or several numbers.
[[nodiscard]] std::optional<TypedSeed> parse_seed(std::string_view text);

}  // namespace headroom
