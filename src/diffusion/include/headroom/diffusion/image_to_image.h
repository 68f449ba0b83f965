#pragma once
#include <ATen/core/TensorBody.h>

namespace headroom {

// Starting from a picture: its latents, the noise added to them, and the part that is kept when
// only some of it is painted anew. All tensors float32 on one device.

// Latents [C, h, w] drawn from the distribution that the VAE's encoder gives: `moments` [2C, h, w]
// are mean and log-variance; the latter is clamped to -30..20. `noise` [C, h, w] is overwritten.
[[nodiscard]] at::Tensor draw_latents(const at::Tensor& moments, at::Tensor noise,
                                      double scaling_factor, double shift_factor);

// sigma * noise + (1 - sigma) * clean
[[nodiscard]] at::Tensor add_noise(const at::Tensor& clean, const at::Tensor& noise, float sigma);

// Keeps a part of a picture as it is.
class KeptPart {
 public:
  // `repaint` [h, w]: 0 where the picture is kept, 1 where it is painted anew. A value in between
  // is painted anew in that share of the steps, the last ones, as a start from a picture with that
  // strength would do. The object holds on to `clean` and `noise` [C, h, w].
  KeptPart(at::Tensor repaint, at::Tensor clean, at::Tensor noise);
  // Call before step number `step`, from 1 on, of `steps`.
  void prepare(int step, int steps);
  // After that step, overwrites the kept part of `latents` [C, h, w] by the clean picture with
  // noise up to `sigma`. Allocates nothing, so it cannot fail.
  void put_into(at::Tensor& latents, float sigma);

 private:
  at::Tensor repaint_, clean_, noise_;
  at::Tensor stays_, changes_;  // [h, w], 1 or 0: kept and painted anew after the prepared step
  at::Tensor noisy_;            // [C, h, w] scratch
};

}  // namespace headroom
