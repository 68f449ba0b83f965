#include "gguf_blocks.h"

#include "headroom/weights/small_floats.h"

#include <array>

// The order of the products is the reference's, and the compiler must not fuse products with sums:
// either would change the last bit. `d` and `m` are a block's float16 scale and minimum.

namespace headroom {
namespace {

constexpr int kHalf = 16;  // half of a block of 32: low nibbles come first, then high ones
constexpr int kSuper = 256;

float f16_at(const std::uint8_t* at) { return from_f16(load_u16(at)); }

}  // namespace

void decode_q4_0(const std::uint8_t* block, float* values) {
  const float d = f16_at(block);
  for (int i = 0; i < kHalf; ++i) {
    const int q = block[2 + i];
    values[i] = d * static_cast<float>((q & 15) - 8);
    values[i + kHalf] = d * static_cast<float>((q >> 4) - 8);
  }
}

void decode_q4_1(const std::uint8_t* block, float* values) {
  const float d = f16_at(block);
  const float m = f16_at(block + 2);
  for (int i = 0; i < kHalf; ++i) {
    const int q = block[4 + i];
    values[i] = d * static_cast<float>(q & 15) + m;
    values[i + kHalf] = d * static_cast<float>(q >> 4) + m;
  }
}

void decode_q5_0(const std::uint8_t* block, float* values) {
  const float d = f16_at(block);
  const std::uint32_t high = load_u32(block + 2);
  for (int i = 0; i < kHalf; ++i) {
    const int q = block[6 + i];
    const int low_bit = static_cast<int>(high >> i & 1U) << 4;
    const int high_bit = static_cast<int>(high >> (i + kHalf) & 1U) << 4;
    values[i] = d * static_cast<float>(((q & 15) | low_bit) - 16);
    values[i + kHalf] = d * static_cast<float>(((q >> 4) | high_bit) - 16);
  }
}

void decode_q5_1(const std::uint8_t* block, float* values) {
  const float d = f16_at(block);
  const float m = f16_at(block + 2);
  const std::uint32_t high = load_u32(block + 4);
  for (int i = 0; i < kHalf; ++i) {
    const int q = block[8 + i];
    const int low_bit = static_cast<int>(high >> i & 1U) << 4;
    const int high_bit = static_cast<int>(high >> (i + kHalf) & 1U) << 4;
    values[i] = d * static_cast<float>((q & 15) | low_bit) + m;
    values[i + kHalf] = d * static_cast<float>((q >> 4) | high_bit) + m;
  }
}

void decode_q8_0(const std::uint8_t* block, float* values) {
  const float d = f16_at(block);
  for (int i = 0; i < 2 * kHalf; ++i) {
    values[i] = d * static_cast<float>(static_cast<std::int8_t>(block[2 + i]));
  }
}

namespace {

// Two bits of value `i`: each half of a block has four groups of 32 values, which share 32 bytes.
int two_bits(const std::uint8_t* qs, int i) {
  return qs[i / 128 * 32 + i % 32] >> (2 * (i % 128 / 32)) & 3;
}

}  // namespace

void decode_q2_k(const std::uint8_t* block, float* values) {
  const std::uint8_t* const qs = block + 16;
  const float d = f16_at(block + 80);
  const float m = f16_at(block + 82);
  for (int j = 0; j < kSuper / 16; ++j) {
    const float scale = d * static_cast<float>(block[j] & 15);
    const float least = m * static_cast<float>(block[j] >> 4);
    for (int i = 16 * j; i < 16 * (j + 1); ++i) {
      values[i] = scale * static_cast<float>(two_bits(qs, i)) - least;
    }
  }
}

void decode_q3_k(const std::uint8_t* block, float* values) {
  const std::uint8_t* const qs = block + 32;
  const std::uint8_t* const s = block + 96;
  const float d = f16_at(block + 108);
  for (int j = 0; j < kSuper / 16; ++j) {
    const int low = j < 8 ? s[j] & 15 : s[j - 8] >> 4;
    const int high = s[8 + j % 4] >> (2 * (j / 4)) & 3;
    const float scale = d * static_cast<float>((low | high << 4) - 32);
    for (int i = 16 * j; i < 16 * (j + 1); ++i) {
      const bool third_bit = (block[i % 32] >> (i / 32) & 1) != 0;
      values[i] = scale * static_cast<float>(two_bits(qs, i) - (third_bit ? 0 : 4));
    }
  }
}

namespace {

struct ScaleAndLeast {
  float scale;
  float least;
};

// Scale and minimum of group `g` of eight: six bits each, packed into twelve bytes.
ScaleAndLeast k_group(const std::uint8_t* block, int g) {
  const std::uint8_t* const s = block + 4;
  const int scale = g < 4 ? s[g] & 63 : (s[g + 4] & 15) | (s[g - 4] >> 6) << 4;
  const int least = g < 4 ? s[g + 4] & 63 : s[g + 4] >> 4 | (s[g] >> 6) << 4;
  return {f16_at(block) * static_cast<float>(scale), f16_at(block + 2) * static_cast<float>(least)};
}

}  // namespace

void decode_q4_k(const std::uint8_t* block, float* values) {
  for (int g = 0; g < 8; ++g) {
    const ScaleAndLeast group = k_group(block, g);
    const std::uint8_t* const qs = block + 16 + 32 * (g / 2);
    for (int i = 0; i < 32; ++i) {
      const int q = qs[i] >> (4 * (g % 2)) & 15;
      values[32 * g + i] = group.scale * static_cast<float>(q) - group.least;
    }
  }
}

void decode_q5_k(const std::uint8_t* block, float* values) {
  const std::uint8_t* const high = block + 16;
  for (int g = 0; g < 8; ++g) {
    const ScaleAndLeast group = k_group(block, g);
    const std::uint8_t* const qs = block + 48 + 32 * (g / 2);
    for (int i = 0; i < 32; ++i) {
      const int q = (qs[i] >> (4 * (g % 2)) & 15) | (high[i] >> g & 1) << 4;
      values[32 * g + i] = group.scale * static_cast<float>(q) - group.least;
    }
  }
}

void decode_q6_k(const std::uint8_t* block, float* values) {
  const float d = f16_at(block + 208);
  for (int j = 0; j < kSuper / 16; ++j) {
    const int half = j / 8;
    const int group = j % 8 / 2;
    const int lane = j % 2 * 16;
    const std::uint8_t* const low = block + 64 * half + 32 * (group % 2) + lane;
    const std::uint8_t* const high = block + 128 + 32 * half + lane;
    const float scale = d * static_cast<float>(static_cast<std::int8_t>(block[192 + j]));
    for (int i = 0; i < 16; ++i) {
      const int q = (low[i] >> (4 * (group / 2)) & 15) | (high[i] >> (2 * group) & 3) << 4;
      values[16 * j + i] = scale * static_cast<float>(q - 32);
    }
  }
}

namespace {

constexpr std::array<float, 16> kLevels{-127, -104, -83, -65, -49, -35, -22, -10,
                                        1,    13,   25,  38,  53,  69,  89,  113};

}  // namespace

void decode_iq4_nl(const std::uint8_t* block, float* values) {
  const float d = f16_at(block);
  for (int i = 0; i < kHalf; ++i) {
    const unsigned q = block[2 + i];
    values[i] = d * kLevels[q & 15U];
    values[i + kHalf] = d * kLevels[q >> 4U];
  }
}

void decode_iq4_xs(const std::uint8_t* block, float* values) {
  const float d = f16_at(block);
  const unsigned high = load_u16(block + 2);
  for (int g = 0; g < 8; ++g) {
    const unsigned low = block[4 + g / 2] >> (4 * (g % 2)) & 15U;
    const int code = static_cast<int>(low | (high >> (2 * g) & 3U) << 4);
    const float scale = d * static_cast<float>(code - 32);
    const std::uint8_t* const qs = block + 8 + 16 * g;
    for (int i = 0; i < kHalf; ++i) {
      values[32 * g + i] = scale * kLevels[qs[i] & 15U];
      values[32 * g + i + kHalf] = scale * kLevels[qs[i] >> 4U];
    }
  }
}

}  // namespace headroom
