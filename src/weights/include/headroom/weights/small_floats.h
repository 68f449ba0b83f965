#pragma once
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

// Conversion from number formats of one and two bytes to float32, which holds each value exactly,
// and from float32 to the nearest such value; ties go to the even one (IEEE 754).
namespace headroom {

// Reads little-endian.
[[nodiscard]] inline std::uint16_t load_u16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] | at[1] << 8);
}

[[nodiscard]] inline std::uint32_t load_u32(const std::uint8_t* at) {
  return load_u16(at) | static_cast<std::uint32_t>(load_u16(at + 2)) << 16;
}

[[nodiscard]] inline float from_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

[[nodiscard]] inline float from_f16(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
  const std::uint32_t exponent = bits >> 10 & 31U;
  const std::uint32_t mantissa = bits & 1023U;
  if (exponent == 0) {
    const float value = static_cast<float>(mantissa) * 0x1p-24F;
    return sign == 0 ? value : -value;
  }
  const std::uint32_t wide = exponent == 31 ? 255U : exponent + 112U;  // exponent bias 127 - 15
  return std::bit_cast<float>(sign | wide << 23 | mantissa << 13);
}

[[nodiscard]] inline std::uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(bits >> 16 | 0x40U);
  return static_cast<std::uint16_t>((bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16);
}

// Values of 65520 and more become infinite.
[[nodiscard]] inline std::uint16_t to_f16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000U;
  const std::uint32_t size = bits & 0x7FFFFFFFU;
  const float positive = std::bit_cast<float>(size);
  std::uint32_t code = 0;
  if (std::isnan(value)) {
    code = 0x7E00;
  } else if (positive >= 65520.0F) {
    code = 0x7C00;
  } else if (positive < 0x1p-14F) {  // multiples of 2^-24; the 1024th is the first normal number
    code = static_cast<std::uint32_t>(std::nearbyint(positive * 0x1p24F));
  } else {
    constexpr std::uint32_t kExponents = 112U << 23;  // exponent bias 127 - 15
    code = (size - kExponents + 0xFFFU + (size >> 13 & 1U)) >> 13;
  }
  return static_cast<std::uint16_t>(sign | code);
}

// The 256 values of a one-byte format with a sign, `kMantissa` bits of mantissa and an exponent
// bias. With `kInfinite` the highest exponent means infinity and NaN; otherwise only all ones are
// NaN.
template <int kMantissa, int kBias, bool kInfinite>
constexpr std::array<float, 256> float8_values() {
  std::array<float, 256> values{};
  constexpr int kOnes = (1 << kMantissa) - 1;
  constexpr int kTop = (1 << (7 - kMantissa)) - 1;
  for (int code = 0; code < 256; ++code) {
    const int exponent = code >> kMantissa & kTop;
    const int mantissa = code & kOnes;
    float value = static_cast<float>(exponent == 0 ? mantissa : mantissa + kOnes + 1);
    for (int i = exponent == 0 ? 1 : exponent; i < kBias + kMantissa; ++i) value *= 0.5F;
    for (int i = kBias + kMantissa; i < exponent; ++i) value *= 2.0F;
    if (kInfinite && exponent == kTop) {
      value = mantissa == 0 ? std::numeric_limits<float>::infinity()
                            : std::numeric_limits<float>::quiet_NaN();
    } else if (!kInfinite && exponent == kTop && mantissa == kOnes) {
      value = std::numeric_limits<float>::quiet_NaN();
    }
    values[static_cast<std::size_t>(code)] = code < 128 ? value : -value;
  }
  return values;
}
inline constexpr std::array<float, 256> kE4M3 = float8_values<3, 7, false>();
inline constexpr std::array<float, 256> kE5M2 = float8_values<2, 15, true>();

// A power of two, from 2^-127 on; code 255 is NaN.
[[nodiscard]] inline float from_e8m0(std::uint8_t code) {
  if (code == 255) return std::numeric_limits<float>::quiet_NaN();
  return code == 0 ? 0x1p-127F : std::bit_cast<float>(static_cast<std::uint32_t>(code) << 23);
}

}  // namespace headroom
