#pragma once
#include <array>
#include <cstdint>

#include <ATen/core/TensorBody.h>

// Rotary position embedding (Su et al. 2021) over three axes, as Z-Image lays it out.
namespace headroom {

struct RotaryConfig {
  double theta = 256.0;
  std::array<int, 3> axes_dims{32, 48, 48};  // even; how many elements of a head each axis rotates
};

// Angles of the joint sequence [image rows, caption rows], complex64 [Tp + Lp, sum(axes_dims) / 2]
// on `device`. Caption row i has position (1 + i, 0, 0), image token (y, x) has (Lp + 1, y, x),
// and image padding has (0, 0, 0). Tp = rows * columns rounded up to 32.
[[nodiscard]] at::Tensor joint_rotation(const RotaryConfig& config, std::int64_t rows,
                                        std::int64_t columns, std::int64_t caption_rows,
                                        at::Device device);

// cos and sin [length, head_dim / 2] float32 for positions 0 .. length-1 on one axis, with
// frequencies and angles in float32 like Qwen3's.
struct RotaryTable {
  at::Tensor cos, sin;
};
[[nodiscard]] RotaryTable sequence_rotation(double theta, std::int64_t head_dim,
                                            std::int64_t length, at::Device device);

// n rounded up to a multiple of 32, the transformer's sequence unit.
[[nodiscard]] constexpr std::int64_t ceil32(std::int64_t n) { return (n + 31) / 32 * 32; }

}  // namespace headroom
