#include "headroom/model/linear_update.h"

#include "headroom/model/ops.h"

namespace headroom {

void LinearUpdate::add_to(const at::Tensor& y, const at::Tensor& x) const {
  if (down.defined()) add_product(y, linear(x, down), up);
  const std::int64_t count = x.size(0);
  for (const Kronecker& k : kroneckers) {
    const std::int64_t columns1 = k.first.size(1);
    const std::int64_t rows2 = k.second.size(0);
    // [T columns1, rows2]: kron(A, B) x is A X B^T of x as the matrix X [columns1, columns2].
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
