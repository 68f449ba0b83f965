#pragma once
#include "headroom/weights/tensor_file.h"

#include "support/paths.h"
#include "weights/weights_test_support.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

// The files of tests/data/quant.tar.xz, which the build unpacks: `models` hold some of the models
// whose dequantised tensors `expected` has as checksums, `linear` single matrices with their values
// beside them, `hostile` and `foreign` what must be refused. make_quant_fixtures.py wrote them with
// the formats' own tools; info.json says which.
namespace headroom::test {

inline std::vector<float> floats_of(const TensorView& view) {
  EXPECT_EQ(view.dtype, DType::kF32);
  std::vector<float> values(view.data.size() / sizeof(float));
  std::memcpy(values.data(), view.data.data(), view.data.size());
  return values;
}

// The same bits, and where they are not.
inline ::testing::AssertionResult same_bits(std::span<const float> actual,
                                            std::span<const float> expected) {
  if (actual.size() != expected.size()) {
    return ::testing::AssertionFailure()
           << actual.size() << " values, expected " << expected.size();
  }
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (std::bit_cast<std::uint32_t>(actual[i]) == std::bit_cast<std::uint32_t>(expected[i]))
      continue;
    if (std::isnan(actual[i]) && std::isnan(expected[i])) continue;
    return ::testing::AssertionFailure()
           << "value " << i << " is " << actual[i] << ", expected " << expected[i];
  }
  return ::testing::AssertionSuccess();
}

// FIPS 180-4, in lower-case hexadecimal digits.
inline std::string sha256(std::span<const std::byte> data) {
  const auto fraction = [](double root) {  // the first 32 bits behind the point
    return static_cast<std::uint32_t>(std::floor((root - std::floor(root)) * 0x1p32));
  };
  std::array<std::uint32_t, 64> constants{};
  std::array<std::uint32_t, 8> state{};
  for (std::uint32_t n = 2, found = 0; found < constants.size(); ++n) {
    bool prime = true;
    for (std::uint32_t k = 2; k * k <= n; ++k) prime = prime && n % k != 0;
    if (!prime) continue;
    constants[found] = fraction(std::cbrt(static_cast<double>(n)));
    if (found < state.size()) state[found] = fraction(std::sqrt(static_cast<double>(n)));
    ++found;
  }
  std::string text(reinterpret_cast<const char*>(data.data()), data.size());
  text += '\x80';
  while (text.size() % 64 != 56) text += '\0';
  for (int i = 7; i >= 0; --i) text += static_cast<char>(data.size() * 8 >> (8 * i) & 255);
  for (std::size_t at = 0; at < text.size(); at += 64) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 16; ++i) {
      for (std::size_t k = 0; k < 4; ++k) {
        w[i] = w[i] << 8 | static_cast<unsigned char>(text[at + 4 * i + k]);
      }
    }
    for (std::size_t i = 16; i < 64; ++i) {
      const std::uint32_t a = w[i - 15];
      const std::uint32_t b = w[i - 2];
      w[i] = w[i - 16] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) + w[i - 7] +
             (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
    }
    std::array<std::uint32_t, 8> s = state;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint32_t t1 = s[7] +
                               (std::rotr(s[4], 6) ^ std::rotr(s[4], 11) ^ std::rotr(s[4], 25)) +
                               ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants[i] + w[i];
      const std::uint32_t t2 = (std::rotr(s[0], 2) ^ std::rotr(s[0], 13) ^ std::rotr(s[0], 22)) +
                               ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      s = {t1 + t2, s[0], s[1], s[2], s[3] + t1, s[4], s[5], s[6]};
    }
    for (std::size_t i = 0; i < 8; ++i) state[i] += s[i];
  }
  std::string digits;
  for (const std::uint32_t word : state) {
    for (int shift = 28; shift >= 0; shift -= 4) digits += "0123456789abcdef"[word >> shift & 15];
  }
  return digits;
}

}  // namespace headroom::test
