#pragma once
#include <vector>

#include <ATen/core/TensorBody.h>

namespace headroom {

// A change to a matrix that is applied beside the product with it, so that the matrix itself stays
// as it is stored: a sum of low-rank products and Kronecker products. All tensors are on the
// matrix's device, in the number format of the computation, contiguous.
struct LinearUpdate {
  at::Tensor down;  // [rank, columns]; undefined where there is none
  at::Tensor up;    // [rank, rows]
  struct Kronecker {
    at::Tensor first;   // [rows1, columns1]; a matrix of one value counts as 1
    at::Tensor second;  // [rows2, columns2]
  };
  std::vector<Kronecker> kroneckers;

  // y [T, rows] += x [T, columns] times the transposed update.
  void add_to(const at::Tensor& y, const at::Tensor& x) const;
};

}  // namespace headroom
