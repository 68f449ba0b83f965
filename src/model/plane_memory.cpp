#include "plane_memory.h"

#include "headroom/core/error.h"
#include "headroom/device/page_locked.h"

namespace headroom {

PlaneMemory::PlaneMemory(std::int64_t values, const at::TensorOptions& options) {
  const auto item = static_cast<std::int64_t>(options.dtype().itemsize());
  values_ = page_locked(values * item, options.device()).view(options.dtype().toScalarType());
}

at::Tensor PlaneMemory::result(std::int64_t channels, std::int64_t height, std::int64_t width) {
  result_ = channels * height * width;
  return part(input_is_first_ ? values_.numel() - result_ : 0, channels, height, width);
}

at::Tensor PlaneMemory::between(std::int64_t channels, std::int64_t height, std::int64_t width) {
  between_ = channels * height * width;
  return part(input_is_first_ ? input_ : values_.numel() - input_ - between_, channels, height,
              width);
}

void PlaneMemory::result_is_input() {
  input_is_first_ = !input_is_first_;
  input_ = result_;
  between_ = 0;
  result_ = 0;
}

at::Tensor PlaneMemory::part(std::int64_t start, std::int64_t channels, std::int64_t height,
                             std::int64_t width) const {
  if (input_ + between_ + result_ > values_.numel()) {
    throw Error(ErrorKind::kInternal, "a layer's result would cover what is still needed");
  }
  return values_.narrow(0, start, channels * height * width)
      .view({1, height, width, channels})
      .permute({0, 3, 1, 2});
}

}  // namespace headroom
