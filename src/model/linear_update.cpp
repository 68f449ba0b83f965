#include "headroom/model/linear_update.h"

#include "headroom/model/ops.h"

namespace headroom {

void LinearUpdate::add_to(const at::Tensor& y, const at::Tensor& x) const {
  if (down.defined()) add_product(y, linear(x, down), up);
  const std::int64_t count = x.size(0);
  for (const Kronecker& k : kroneckers) {
    const std::int64_t columns1 = k.first.size(1);
    const std::int64_t rows2 = k.second.size(0);
    // kron(A, B) x equals A X B^T, where X [columns1, columns2] is x as a matrix. This is X B^T:
    // [T columns1, rows2].
    const at::Tensor inner = linear(x.reshape({count * columns1, k.second.size(1)}), k.second);
    if (k.first.numel() == 1) {
      y.add_(inner);
    } else {
      add_products(y.view({count, k.first.size(0), rows2}), k.first,
                   inner.view({count, columns1, rows2}));
    }
  }
}

}  // namespace headroom
