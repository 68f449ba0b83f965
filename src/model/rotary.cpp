#include "rotary.h"

#include <cmath>
#include <complex>
#include <vector>

#include <ATen/ops/empty.h>

namespace headroom {

at::Tensor joint_rotation(const RotaryConfig& config, std::int64_t rows, std::int64_t columns,
                          std::int64_t caption_rows, at::Device device) {
  const std::int64_t image_rows = ceil32(rows * columns);
  const std::int64_t half = (config.axes_dims[0] + config.axes_dims[1] + config.axes_dims[2]) / 2;
  const auto options = at::TensorOptions(at::kComplexFloat);
  if (device.is_meta()) return at::empty({image_rows + caption_rows, half}, options.device(device));

  // Angles are computed in float64 and rounded once to float32, like the reference's tables.
  const auto rotation_of = [&](std::int64_t axis, std::int64_t position, std::int64_t j) {
    const double frequency =
        std::pow(config.theta,
                 -2.0 * static_cast<double>(j) / config.axes_dims[static_cast<std::size_t>(axis)]);
    const auto angle = static_cast<float>(static_cast<double>(position) * frequency);
    return c10::complex<float>(std::cos(angle), std::sin(angle));
  };
  at::Tensor table = at::empty({image_rows + caption_rows, half}, options);
  auto* out = table.mutable_data_ptr<c10::complex<float>>();
  const auto write_row = [&](std::array<std::int64_t, 3> position) {
    for (std::int64_t axis = 0; axis < 3; ++axis) {
      for (std::int64_t j = 0; j < config.axes_dims[static_cast<std::size_t>(axis)] / 2; ++j) {
        *out++ = rotation_of(axis, position[static_cast<std::size_t>(axis)], j);
      }
    }
  };
  for (std::int64_t y = 0; y < rows; ++y) {
    for (std::int64_t x = 0; x < columns; ++x) write_row({caption_rows + 1, y, x});
  }
  for (std::int64_t i = rows * columns; i < image_rows; ++i) write_row({0, 0, 0});
  for (std::int64_t i = 0; i < caption_rows; ++i) write_row({1 + i, 0, 0});
  return table.to(device);
}

RotaryTable sequence_rotation(double theta, std::int64_t head_dim, std::int64_t length,
                              at::Device device) {
  const std::int64_t half = head_dim / 2;
  const auto options = at::TensorOptions(at::kFloat);
  if (device.is_meta()) {
    return {at::empty({length, half}, options.device(device)),
            at::empty({length, half}, options.device(device))};
  }
  RotaryTable table{at::empty({length, half}, options), at::empty({length, half}, options)};
  auto* cos = table.cos.mutable_data_ptr<float>();
  auto* sin = table.sin.mutable_data_ptr<float>();
  std::vector<float> inverse(static_cast<std::size_t>(half));
  for (std::int64_t j = 0; j < half; ++j) {
    const float exponent = static_cast<float>(2 * j) / static_cast<float>(head_dim);
    inverse[static_cast<std::size_t>(j)] = 1.0F / std::pow(static_cast<float>(theta), exponent);
  }
  for (std::int64_t position = 0; position < length; ++position) {
    for (std::int64_t j = 0; j < half; ++j) {
      const float angle = static_cast<float>(position) * inverse[static_cast<std::size_t>(j)];
      *cos++ = std::cos(angle);
      *sin++ = std::sin(angle);
    }
  }
  return {table.cos.to(device), table.sin.to(device)};
}

}  // namespace headroom
