#pragma once
#include "headroom/pipeline/forwarding_weights.h"
#include "headroom/pipeline/weight_storage.h"

namespace headroom {

// The weights of another source, with the matrices of certain main layers ("layers.N.") in eight
// bits. If a file has such codes they are used unchanged, with scales and rotation; other weights
// are rotated in groups (ConvRot) and rounded when they are read. A layer's modulation stays
// plain, since it is small and sensitive, and so do embedders, refiners and the final layer.
class Int8Weights final : public ForwardingWeights {
 public:
  // `source`, of float32, must outlive this object.
  Int8Weights(WeightSource& source, LayerStorage storage)
      : ForwardingWeights(source), storage_(std::move(storage)) {}

  [[nodiscard]] MatrixStorage stored(std::string_view name, std::int64_t rows,
                                     std::int64_t columns) const override;
  LinearWeight matrix(std::string_view name, std::int64_t rows, std::int64_t columns) override;
  void read_matrix(std::string_view name, const LinearWeight& target) override;

 private:
  LayerStorage storage_;
};

}  // namespace headroom
