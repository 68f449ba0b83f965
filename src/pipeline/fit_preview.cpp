#include "fit_preview.h"

#include "headroom/device/memory_tag.h"
#include "headroom/diffusion/noise.h"

#include <array>
#include <cmath>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_solve_ex.h>
#include <ATen/ops/ones.h>

namespace headroom {
namespace {

// Number of draws that are decoded; two, since a small `side` gives too few latents to tell the
// channels apart.
constexpr int kFittedPictures = 2;
// Latents of pictures resemble their neighbours, and a preview should show the colours of large
// areas: so most of the variance is in squares of this side.
constexpr std::int64_t kSquare = 4;
constexpr double kVarianceOfSquares = 0.95;
// Keeps the solution small for channels that make no difference.
constexpr double kRidge = 1e-3;

// [C, side, side] of variance 1
at::Tensor random_latents(int channels, std::int64_t side, std::uint64_t seed) {
  const std::int64_t squares = (side + kSquare - 1) / kSquare;
  const at::Tensor coarse = draw_noise(seed, {channels, squares, squares})
                                .repeat_interleave(kSquare, 1)
                                .repeat_interleave(kSquare, 2)
                                .slice(1, 0, side)
                                .slice(2, 0, side);
  const at::Tensor fine = draw_noise(seed + 1, {channels, side, side});
  return coarse.mul(std::sqrt(kVarianceOfSquares))
      .add(fine, std::sqrt(1 - kVarianceOfSquares))
      .contiguous();
}

// Picture [H, W, 3] -> mean colours in 0..1 of each latent's pixels, [side * side, 3].
at::Tensor mean_colours(const at::Tensor& picture, std::int64_t side) {
  const std::int64_t pixels = picture.size(0) / side;
  return picture.to(at::kDouble)
      .reshape({side, pixels, side, pixels, 3})
      .mean(at::IntArrayRef{1, 3})
      .reshape({side * side, 3})
      .div(255);
}

// x [n, C + 1], of which the last column is 1; y [n, 3].
std::optional<LatentPreview> solve(const at::Tensor& x, const at::Tensor& y) {
  const std::int64_t channels = x.size(1) - 1;
  if (y.std(0).max().item<double>() == 0) return std::nullopt;
  const at::Tensor ridge =
      at::eye(channels + 1, at::kDouble).mul_(kRidge * static_cast<double>(x.size(0)));
  ridge.select(0, channels).zero_();  // not for the bias
  const at::Tensor map =
      std::get<0>(at::linalg_solve_ex(x.t().mm(x).add_(ridge), x.t().mm(y)));  // [C + 1, 3]
  if (!map.isfinite().all().item<bool>()) return std::nullopt;
  const at::Tensor values = map.to(at::kFloat).contiguous();
  const auto row = [&](std::int64_t i) {
    const float* const from = values.const_data_ptr<float>() + 3 * i;
    return std::array{from[0], from[1], from[2]};
  };
  std::vector<std::array<float, 3>> weights;
  for (std::int64_t c = 0; c < channels; ++c) weights.push_back(row(c));
  return LatentPreview(std::move(weights), row(channels));
}

}  // namespace

std::optional<LatentPreview> fit_preview(int channels, std::int64_t side,
                                         const DecodeLatents& decode) {
  std::vector<at::Tensor> inputs, colours;
  for (int i = 0; i < kFittedPictures; ++i) {
    const at::Tensor latents = random_latents(channels, side, 2 * static_cast<std::uint64_t>(i));
    const at::Tensor picture = decode(latents);
    const ScopedMemoryTag host(MemoryTag::kHost);  // none of this is device memory
    colours.push_back(mean_colours(picture, side));
    const at::Tensor values = latents.to(at::kDouble).reshape({channels, side * side}).t();
    inputs.push_back(at::cat({values, at::ones({side * side, 1}, at::kDouble)}, 1));
  }
  const ScopedMemoryTag host(MemoryTag::kHost);
  return solve(at::cat(inputs), at::cat(colours));
}

}  // namespace headroom
