#pragma once
#include <ATen/core/TensorBody.h>

namespace headroom {

// Starting from a picture: its latents, the noise on top of them, and what of it stays when only a
// part is painted anew. All tensors float32 on one device.

// Latents [C, h, w] drawn from the distribution that the VAE's encoder gives: `moments` [2C, h, w]
// are mean and log-variance, the latter clamped to -30..20. `noise` [C, h, w] is used up.
[[nodiscard]] at::Tensor draw_latents(const at::Tensor& moments, at::Tensor noise,
                                      double scaling_factor, double shift_factor);

// sigma * noise + (1 - sigma) * clean
[[nodiscard]] at::Tensor add_noise(const at::Tensor& clean, const at::Tensor& noise, float sigma);

// The part of a picture that stays as it is.
class KeptPart {
 public:
  // `repaint` [h, w]: 0 where it stays, 1 where it is painted anew. Where it lies between, so large
  // a part of the steps paint anew, the last ones: what a start from a picture with that strength
  // does. `clean` and `noise` [C, h, w] are kept.
  KeptPart(at::Tensor repaint, at::Tensor clean, at::Tensor noise);
  // Before step number `step`, from 1 on, of `steps`.
  void prepare(int step, int steps);
  // Puts what stays after that step, with noise up to `sigma`, into `latents` [C, h, w]. Takes no
  // memory, so it cannot fail.
  void put_into(at::Tensor& latents, float sigma);

 private:
  at::Tensor repaint_, clean_, noise_;
  at::Tensor stays_, changes_;  // [h, w], 1 or 0: what does after the step that was prepared
  at::Tensor noisy_;            // [C, h, w] scratch
};

}  // namespace headroom
