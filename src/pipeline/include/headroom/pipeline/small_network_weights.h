#pragma once
#include "headroom/model/weight_source.h"
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include <ATen/core/TensorBody.h>

namespace headroom {

// The weights of a network in one file that is read as a whole, in float32: of an upscaler or of a
// decoder of previews. Used by one thread at a time.
class SmallNetworkWeights final : public WeightSource {
 public:
  // As UpscalerFile::at() and TinyDecoderFile::at().
  using Tensors =
      std::function<TensorView(std::string_view name, std::span<const std::int64_t> shape)>;

  // `file` is an UpscalerFile or a TinyDecoderFile, and must outlive this object.
  template <typename File>
  SmallNetworkWeights(const File& file, at::Device device)
      : tensors_(tensors_of(file)), device_(device) {}
  // From now on the weights are share * own + (1 - share) * `weaker`'s: deep network interpolation
  // (Wang et al. 2019) of two networks, one of which was trained from the other.
  template <typename File>
  void mix_with(const File& weaker, double share) {
    weaker_ = tensors_of(weaker);
    share_ = share;
  }

  at::Tensor get(std::string_view name, at::IntArrayRef shape) override;
  void read(std::string_view name, const at::Tensor& target) override;
  // Throws Error{kInternal}: such networks have no tables.
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override;
  [[nodiscard]] at::TensorOptions options() const override;

 private:
  template <typename File>
  static Tensors tensors_of(const File& file) {
    return [&file](std::string_view name, std::span<const std::int64_t> shape) {
      return file.at(name, shape);
    };
  }

  Tensors tensors_;
  at::Device device_;
  Tensors weaker_;  // may be empty
  double share_ = 1;
};

}  // namespace headroom
