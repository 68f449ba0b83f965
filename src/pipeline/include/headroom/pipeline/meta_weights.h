#pragma once
#include "headroom/model/weight_source.h"
#include "headroom/pipeline/weight_storage.h"

#include <cstdint>
#include <span>
#include <string_view>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Shapes without values, for a dry run. With quantised storage, the matrices of main layers
// ("layers.N.") in text encoder and transformer are bytes, kByte [rows, bytes of a row], in the
// layers that are stored so. Everything else is in `dtype`: vectors, embedders, refiners, the
// final layer and pad tokens, which are small or sensitive, and rows that are not whole blocks.
class MetaWeights final : public WeightSource {
 public:
  explicit MetaWeights(c10::ScalarType dtype, LayerStorage storage = {});
  [[nodiscard]] MatrixStorage stored(std::string_view name, std::int64_t rows,
                                     std::int64_t columns) const override;
  at::Tensor get(std::string_view name, at::IntArrayRef shape) override;
  void read(std::string_view name, const at::Tensor& target) override;
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override;
  [[nodiscard]] at::TensorOptions options() const override { return options_; }

 private:
  at::TensorOptions options_;
  LayerStorage storage_;
};

}  // namespace headroom
