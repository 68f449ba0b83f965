#pragma once
#include <cstdint>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Host memory for the results of layers over a whole picture, taken once: to lock pages takes as
// long as many a layer. The input of a layer lies at one end and its result goes to the other, what
// is needed in between lies beside the input; so it need not be larger than what is held at once.
class PlaneMemory {
 public:
  // `options`: the device that copies out of it and into it, and the number format.
  PlaneMemory(std::int64_t values, const at::TensorOptions& options);

  // [1, channels, height, width] channels-last. Throws Error{kInternal} where it would cover what
  // is held.
  [[nodiscard]] at::Tensor result(std::int64_t channels, std::int64_t height, std::int64_t width);
  [[nodiscard]] at::Tensor between(std::int64_t channels, std::int64_t height, std::int64_t width);
  // The last result is the input of what comes; all else is done with.
  void result_is_input();

 private:
  [[nodiscard]] at::Tensor part(std::int64_t start, std::int64_t channels, std::int64_t height,
                                std::int64_t width) const;

  at::Tensor values_;  // [values]
  bool input_is_first_ = false;
  std::int64_t input_ = 0;  // values of each
  std::int64_t between_ = 0;
  std::int64_t result_ = 0;
};

}  // namespace headroom
