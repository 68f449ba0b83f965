#pragma once
#include "headroom/model/weight_source.h"
#include "headroom/pipeline/number_format.h"

namespace headroom {

// The weights of another source with the matrices of a network's like layers ("layers.N.") in eight
// bits: rotated in groups (ConvRot) and rounded when they come. What modulates a layer stays as it
// is, small and precious, like embedders, refiners and the final layer.
class EightBitWeights final : public WeightSource {
 public:
  // `source`, of float32, must outlive this object.
  explicit EightBitWeights(WeightSource& source) : source_(source) {}

  at::Tensor get(std::string_view name, at::IntArrayRef shape) override {
    return source_.get(name, shape);
  }
  void read(std::string_view name, const at::Tensor& target) override {
    source_.read(name, target);
  }
  LinearWeight matrix(std::string_view name, std::int64_t rows, std::int64_t columns) override;
  void read_matrix(std::string_view name, const LinearWeight& target) override;
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override {
    return source_.gather_rows(name, ids, rows, width);
  }
  void expect(std::string_view prefix) override { source_.expect(prefix); }
  [[nodiscard]] at::TensorOptions options() const override { return source_.options(); }

 private:
  WeightSource& source_;
};

// Of a source and the same in eight bits, the one for matrices that are kept so.
[[nodiscard]] inline WeightSource& kept_as(WeightStorage storage, WeightSource& plain,
                                           EightBitWeights& in_eight_bits) {
  if (storage == WeightStorage::kEightBits) return in_eight_bits;
  return plain;
}

}  // namespace headroom
