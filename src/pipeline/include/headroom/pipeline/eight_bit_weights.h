#pragma once
#include "headroom/pipeline/forwarding_weights.h"
#include "headroom/pipeline/number_format.h"

namespace headroom {

// The weights of another source with the matrices of those main layers ("layers.N.") in eight bits
// that are to be kept so. What a file stores in such codes is taken as it is, with its scales and
// its rotation; all else is rotated in groups (ConvRot) and rounded when it comes. What modulates a
// layer stays plain, small and precious, like embedders, refiners and the final layer.
class EightBitWeights final : public ForwardingWeights {
 public:
  // `source`, of float32, must outlive this object.
  EightBitWeights(WeightSource& source, LayerStorage storage)
      : ForwardingWeights(source), storage_(std::move(storage)) {}

  [[nodiscard]] MatrixStorage stored(std::string_view name, std::int64_t rows,
                                     std::int64_t columns) const override;
  LinearWeight matrix(std::string_view name, std::int64_t rows, std::int64_t columns) override;
  void read_matrix(std::string_view name, const LinearWeight& target) override;

 private:
  LayerStorage storage_;
};

}  // namespace headroom
