#pragma once
#include <vector>

#include <ATen/core/TensorBody.h>

namespace headroom {

// What is added to a matrix beside the product with it, so that the matrix itself stays as it is
// stored: a sum of products of few columns, and of Kronecker products. All on the matrix's device
// in the number format of the arithmetic, contiguous.
struct LinearUpdate {
  at::Tensor down;  // [rank, columns]; undefined where there is none
  at::Tensor up;    // [rank, rows]
  struct Kronecker {
    at::Tensor first;   // [rows1, columns1]; of one value it is 1
    at::Tensor second;  // [rows2, columns2]
  };
  std::vector<Kronecker> kroneckers;

  // y [T, rows] += x [T, columns] times the transposed update.
  void add_to(const at::Tensor& y, const at::Tensor& x) const;
};

}  // namespace headroom
