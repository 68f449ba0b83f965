#pragma once
#include "headroom/pipeline/forwarding_weights.h"
#include "headroom/pipeline/number_format.h"

namespace headroom {

// The weights of another source with the matrices of a network's like layers ("layers.N.") in eight
// bits: rotated in groups (ConvRot) and rounded when they come. What modulates a layer stays as it
// is, small and precious, like embedders, refiners and the final layer.
class EightBitWeights final : public ForwardingWeights {
 public:
  // `source`, of float32, must outlive this object.
  explicit EightBitWeights(WeightSource& source) : ForwardingWeights(source) {}

  LinearWeight matrix(std::string_view name, std::int64_t rows, std::int64_t columns) override;
  void read_matrix(std::string_view name, const LinearWeight& target) override;
};

// Of a source and the same in eight bits, the one for matrices that are kept so.
[[nodiscard]] inline WeightSource& kept_as(WeightStorage storage, WeightSource& plain,
                                           EightBitWeights& in_eight_bits) {
  if (storage == WeightStorage::kEightBits) return in_eight_bits;
  return plain;
}

}  // namespace headroom
