#pragma once
#include <cstdint>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Host memory for the outputs of layers over a whole picture, allocated once, since locking pages
// takes as long as many layers. A layer's input lies at one end and its output at the other;
// intermediate planes lie beside the input. So it need not be larger than what is needed at one
// time.
class PlaneMemory {
 public:
  // `options`: the device that copies from and to it, and the number format.
  PlaneMemory(std::int64_t values, const at::TensorOptions& options);

  // Memory for an output, [1, channels, height, width] channels-last. Throws Error{kInternal} if
  // it would overlap what is in use.
  [[nodiscard]] at::Tensor result(std::int64_t channels, std::int64_t height, std::int64_t width);
  [[nodiscard]] at::Tensor between(std::int64_t channels, std::int64_t height, std::int64_t width);
  // Makes the last output the next layer's input; all else is free.
  void result_is_input();

 private:
  [[nodiscard]] at::Tensor part(std::int64_t start, std::int64_t channels, std::int64_t height,
                                std::int64_t width) const;

  at::Tensor values_;  // [values]
  bool input_is_first_ = false;
  std::int64_t input_ = 0;  // in use by each, in values
  std::int64_t between_ = 0;
  std::int64_t result_ = 0;
};

}  // namespace headroom
