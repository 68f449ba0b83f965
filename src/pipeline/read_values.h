#pragma once
#include "headroom/weights/network_tensors.h"

#include <cstdint>
#include <optional>

#include <ATen/core/TensorBody.h>

namespace headroom {

// libtorch's type if the stored bytes are plain values; nothing if they must be unpacked.
[[nodiscard]] std::optional<c10::ScalarType> plain_format(const StoredTensor& stored);

// Copies the stored bytes unchanged into all of `target`, which is host memory. Uses all threads
// that the calling thread may use.
void read_bytes(const TensorRows& stored, const at::Tensor& target);

// Reads whole rows from `first` on into `values`, host memory that decides how many: copies them
// if they are stored in the format of the computation, otherwise converts or unpacks them in
// pieces. Uses all threads that the calling thread may use.
void read_values(const TensorRows& stored, std::int64_t first, const at::Tensor& values);

}  // namespace headroom
