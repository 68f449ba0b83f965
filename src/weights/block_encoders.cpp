#include "headroom/weights/block_encoders.h"

#include "headroom/weights/small_floats.h"

#include "rotation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

// gguf_blocks.cpp reads these layouts.

namespace headroom {
namespace {

constexpr int kSuper = 256;

void store_f16(std::uint8_t* at, float value) {
  const std::uint16_t bits = to_f16(value);
  at[0] = static_cast<std::uint8_t>(bits & 255U);
  at[1] = static_cast<std::uint8_t>(bits >> 8U);
}

float as_f16(float value) { return from_f16(to_f16(value)); }

// The nearest integer within the limits.
int nearest(float value, int least, int most) {
  return static_cast<int>(
      std::clamp(std::nearbyint(value), static_cast<float>(least), static_cast<float>(most)));
}

void q8_0(const float* values, std::uint8_t* block) {
  constexpr int kValues = 32;
  float most = 0;
  for (int i = 0; i < kValues; ++i) most = std::max(most, std::fabs(values[i]));
  const float d = most / 127;
  const float inverse = d == 0 ? 0 : 1 / d;
  store_f16(block, d);
  for (int i = 0; i < kValues; ++i) {
    const auto code = static_cast<std::int8_t>(std::round(values[i] * inverse));
    block[2 + i] = static_cast<std::uint8_t>(code);
  }
}

// value = scale * code - least, with codes of 0 to 15; scale and least are not negative.
struct Line {
  float scale = 0;
  float least = 0;
};

constexpr int kGroup = 32;
using Codes = std::array<float, kGroup>;  // integers, as floats so that loops are vectorised
using Weights = std::array<float, kGroup>;

float error_of(const float* values, const Weights& weights, const Codes& codes, const Line& line) {
  float error = 0;
  for (std::size_t i = 0; i < kGroup; ++i) {
    const float off = line.scale * codes[i] - line.least - values[i];
    error += weights[i] * off * off;
  }
  return error;
}

// The line that fits the values best at these codes, by weighted least squares.
Line best_line(const float* values, const Weights& weights, const Codes& codes) {
  float w = 0;
  float wq = 0;
  float wqq = 0;
  float wx = 0;
  float wxq = 0;
  for (std::size_t i = 0; i < kGroup; ++i) {
    w += weights[i];
    wq += weights[i] * codes[i];
    wqq += weights[i] * codes[i] * codes[i];
    wx += weights[i] * values[i];
    wxq += weights[i] * values[i] * codes[i];
  }
  const float determinant = w * wqq - wq * wq;
  if (determinant <= 0) return {};
  const Line line{(w * wxq - wx * wq) / determinant, (wq * wxq - wqq * wx) / determinant};
  if (line.least >= 0) return line;
  return {wqq > 0 ? wxq / wqq : 0, 0};
}

// Tries steps a little finer and coarser than the one that just spans all values: if a few values
// are cut off, the others may be rounded better.
Line fit_line(const float* values) {
  constexpr int kMax = 15;
  const auto [lowest, highest] = std::minmax_element(values, values + kGroup);
  const float low = std::min(*lowest, 0.0F);
  const float span = *highest - low;
  if (span <= 0) return {0, -low};
  float squares = 0;
  for (int i = 0; i < kGroup; ++i) squares += values[i] * values[i];
  const float mean = std::sqrt(squares / kGroup);
  Weights weights{};  // large values count more, as they do in the product
  for (std::size_t i = 0; i < kGroup; ++i) weights[i] = mean + std::fabs(values[i]);
  Line best{span / kMax, -low};
  float least_error = std::numeric_limits<float>::infinity();
  for (int step = -10; step <= 20; ++step) {
    const float inverse = (kMax + 0.1F * static_cast<float>(step)) / span;
    Codes codes{};
    for (std::size_t i = 0; i < kGroup; ++i) {
      codes[i] = std::min(std::nearbyint((values[i] - low) * inverse), static_cast<float>(kMax));
    }
    const Line line = best_line(values, weights, codes);
    const float error = line.scale > 0 ? error_of(values, weights, codes, line) : least_error;
    if (error < least_error) {
      least_error = error;
      best = line;
    }
  }
  return best;
}

void q4_k(const float* values, std::uint8_t* block) {
  constexpr int kGroups = 8;
  constexpr int kScales = 63;
  std::array<Line, kGroups> lines{};
  Line most;
  for (std::size_t g = 0; g < kGroups; ++g) {
    lines[g] = fit_line(values + kGroup * g);
    most.scale = std::max(most.scale, lines[g].scale);
    most.least = std::max(most.least, lines[g].least);
  }
  std::memset(block, 0, 144);
  store_f16(block, most.scale / kScales);
  store_f16(block + 2, most.least / kScales);
  const float d = as_f16(most.scale / kScales);
  const float m = as_f16(most.least / kScales);
  std::uint8_t* const s = block + 4;
  for (std::size_t g = 0; g < kGroups; ++g) {
    const int scale = d == 0 ? 0 : nearest(lines[g].scale / d, 0, kScales);
    const int least = m == 0 ? 0 : nearest(lines[g].least / m, 0, kScales);
    if (g < 4) {
      s[g] |= static_cast<std::uint8_t>(scale);
      s[g + 4] |= static_cast<std::uint8_t>(least);
    } else {
      s[g + 4] = static_cast<std::uint8_t>((scale & 15) | (least & 15) << 4);
      s[g - 4] |= static_cast<std::uint8_t>(scale >> 4 << 6);
      s[g] |= static_cast<std::uint8_t>(least >> 4 << 6);
    }
    // Computes the codes again for the scales as they are stored.
    const float step = d * static_cast<float>(scale);
    const float below = m * static_cast<float>(least);
    std::uint8_t* const codes = block + 16 + 32 * (g / 2);
    for (std::size_t i = 0; i < kGroup; ++i) {
      const int code = step == 0 ? 0 : nearest((values[kGroup * g + i] + below) / step, 0, 15);
      codes[i] |= static_cast<std::uint8_t>(code << (4 * (g % 2)));
    }
  }
}

// The scale for which sixteen values are nearest to their codes of -32 to 31. It may be negative,
// since there is one more negative code.
float fit_scale(const float* values) {
  constexpr int kValues = 16;
  float most = 0;
  for (int i = 0; i < kValues; ++i) {
    if (std::fabs(values[i]) > std::fabs(most)) most = values[i];
  }
  if (most == 0) return 0;
  float best = -most / 32;
  float best_gain = 0;
  for (int step = -9; step <= 9; ++step) {
    const float inverse = -(32 + 0.1F * static_cast<float>(step)) / most;
    float wxq = 0;
    float wqq = 0;
    for (int i = 0; i < kValues; ++i) {
      const float code = std::clamp(std::nearbyint(values[i] * inverse), -32.0F, 31.0F);
      const float weight = values[i] * values[i];
      wxq += weight * values[i] * code;
      wqq += weight * code * code;
    }
    if (wqq <= 0) continue;
    const float gain = wxq * wxq / wqq;  // maximal where the squared error is least
    if (gain > best_gain) {
      best_gain = gain;
      best = wxq / wqq;
    }
  }
  return best;
}

void q6_k(const float* values, std::uint8_t* block) {
  constexpr std::size_t kGroups = kSuper / 16;
  std::array<float, kGroups> scales{};
  float most = 0;
  for (std::size_t j = 0; j < kGroups; ++j) {
    scales[j] = fit_scale(values + 16 * j);
    if (std::fabs(scales[j]) > std::fabs(most)) most = scales[j];
  }
  std::memset(block, 0, 210);
  store_f16(block + 208, most / -128);
  const float d = as_f16(most / -128);
  for (std::size_t j = 0; j < kGroups; ++j) {
    const int scale = d == 0 ? 0 : nearest(scales[j] / d, -128, 127);
    block[192 + j] = static_cast<std::uint8_t>(static_cast<std::int8_t>(scale));
    const float step = d * static_cast<float>(scale);
    const std::size_t half = j / 8;
    const std::size_t group = j % 8 / 2;
    std::uint8_t* const low = block + 64 * half + 32 * (group % 2) + j % 2 * 16;
    std::uint8_t* const high = block + 128 + 32 * half + j % 2 * 16;
    for (std::size_t i = 0; i < 16; ++i) {
      const int code = 32 + (step == 0 ? 0 : nearest(values[16 * j + i] / step, -32, 31));
      low[i] |= static_cast<std::uint8_t>((code & 15) << (4 * (group / 2)));
      high[i] |= static_cast<std::uint8_t>(code >> 4 << (2 * group));
    }
  }
}

}  // namespace

BlockEncoder block_encoder(DType dtype) {
  switch (dtype) {
    case DType::kQ8_0:
      return q8_0;
    case DType::kQ4K:
      return q4_k;
    case DType::kQ6K:
      return q6_k;
    default:
      return nullptr;
  }
}

float encode_int8_row(std::span<float> values, int group, std::span<std::int8_t> codes) {
  if (group > 0) {
    const auto length = static_cast<std::size_t>(group);
    for (std::size_t i = 0; i < values.size(); i += length) rotate_group(values.subspan(i, length));
  }
  float most = 0;
  for (const float value : values) most = std::max(most, std::fabs(value));
  const float scale = std::max(most / 127, 1e-30F);  // not 0, even for a row of zeros
  for (std::size_t i = 0; i < values.size(); ++i) {
    codes[i] = static_cast<std::int8_t>(nearest(values[i] / scale, -127, 127));
  }
  return scale;
}

}  // namespace headroom
