#include "headroom/diffusion/image_to_image.h"

#include <utility>

#include <ATen/ops/clamp.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/le.h>
#include <ATen/ops/mul.h>

namespace headroom {

at::Tensor draw_latents(const at::Tensor& moments, at::Tensor noise, double scaling_factor,
                        double shift_factor) {
  constexpr double kLeast = -30;
  constexpr double kMax = 20;
  const std::int64_t channels = moments.size(0) / 2;
  const at::Tensor deviation =
      at::clamp(moments.narrow(0, channels, channels), kLeast, kMax).mul_(0.5).exp_();
  return noise.mul_(deviation)
      .add_(moments.narrow(0, 0, channels))
      .sub_(shift_factor)
      .mul_(scaling_factor);
}

at::Tensor add_noise(const at::Tensor& clean, const at::Tensor& noise, float sigma) {
  return at::mul(noise, sigma).add_(clean, 1.0F - sigma);
}

KeptPart::KeptPart(at::Tensor repaint, at::Tensor clean, at::Tensor noise)
    : repaint_(std::move(repaint)),
      clean_(std::move(clean)),
      noise_(std::move(noise)),
      stays_(at::empty_like(repaint_)),
      changes_(at::empty_like(repaint_)),
      noisy_(at::empty_like(clean_)) {}

void KeptPart::prepare(int step, int steps) {
  const double left = 1.0 - static_cast<double>(step) / steps;
  at::le_out(stays_, repaint_, left);
  at::gt_out(changes_, repaint_, left);
}

void KeptPart::put_into(at::Tensor& latents, float sigma) {
  noisy_.zero_().add_(noise_, sigma).add_(clean_, 1.0F - sigma);
  latents.mul_(changes_).add_(noisy_.mul_(stays_));
}

}  // namespace headroom
