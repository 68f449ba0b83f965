#include "headroom/diffusion/guidance.h"

#include <ATen/ops/linalg_vector_norm.h>

namespace headroom {

at::Tensor guide(const at::Tensor& pos, at::Tensor neg, double scale, double normalization) {
  // neg := pos + scale * (pos - neg), in place
  neg.neg_().add_(pos).mul_(scale).add_(pos);
  if (normalization > 0) {
    const at::Tensor limit = at::linalg_vector_norm(pos, 2).mul_(normalization);
    const at::Tensor factor = limit.div_(at::linalg_vector_norm(neg, 2)).clamp_max_(1.0);
    neg.mul_(factor);
  }
  return neg;
}

bool is_guided(double scale, double truncation, float tau) {
  return scale > 0 && !(truncation <= 1.0 && static_cast<double>(tau) > truncation);
}

}  // namespace headroom
