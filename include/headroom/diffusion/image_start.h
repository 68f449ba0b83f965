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
  // `repaint` [h, w]: 1 where it is painted anew, 0 where it stays. `clean` and `noise` [C, h, w]
  // are used up.
  KeptPart(const at::Tensor& repaint, at::Tensor clean, at::Tensor noise);
  // Puts it, with noise up to `sigma`, into `latents` [C, h, w]. Takes no memory.
  void put_into(at::Tensor& latents, float sigma) const;

 private:
  at::Tensor repaint_, clean_, noise_;
};

}  // namespace headroom
