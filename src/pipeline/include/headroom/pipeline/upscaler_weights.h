#pragma once
#include "headroom/model/weight_source.h"
#include "headroom/weights/upscaler_file.h"

#include <string_view>

#include <ATen/core/TensorBody.h>

namespace headroom {

// An upscaler's weights from its file, in float32. Used by one thread at a time.
class UpscalerWeights final : public WeightSource {
 public:
  // `file` must outlive this object.
  UpscalerWeights(const UpscalerFile& file, at::Device device) : file_(file), device_(device) {}
  // From now on the weights are share * own + (1 - share) * `weaker`'s: deep network interpolation
  // (Wang et al. 2019) of two networks, one of which was trained from the other.
  void mix_with(const UpscalerFile& weaker, double share) {
    weaker_ = &weaker;
    share_ = share;
  }

  at::Tensor get(std::string_view name, at::IntArrayRef shape) override;
  void read(std::string_view name, const at::Tensor& target) override;
  // Throws Error{kInternal}: upscalers have no tables.
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override;
  [[nodiscard]] at::TensorOptions options() const override;

 private:
  const UpscalerFile& file_;
  at::Device device_;
  const UpscalerFile* weaker_ = nullptr;
  double share_ = 1;
};

}  // namespace headroom
