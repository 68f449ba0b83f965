#pragma once
#include "headroom/model/weight_source.h"

#include <cstddef>
#include <vector>

namespace headroom {

// The tensors of a layer that is not needed any more.
using LayerTensors = std::vector<at::Tensor>;

// Reads a layer into the tensors of an earlier one of the same network, in the order in which both
// ask for them; what is not there yet is taken and kept. So streaming takes memory for its buffers
// once, not once a layer.
class RecyclingWeights final : public WeightSource {
 public:
  // Both must outlive this object.
  RecyclingWeights(WeightSource& source, LayerTensors& tensors)
      : source_(source), tensors_(tensors) {}

  at::Tensor get(std::string_view name, at::IntArrayRef shape) override {
    if (next_ == tensors_.size()) {
      tensors_.push_back(source_.get(name, shape));
    } else {
      source_.read(name, tensors_[next_]);
    }
    return tensors_[next_++];
  }
  void read(std::string_view name, const at::Tensor& target) override {
    source_.read(name, target);
  }
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override {
    return source_.gather_rows(name, ids, rows, width);
  }
  [[nodiscard]] at::TensorOptions options() const override { return source_.options(); }

 private:
  WeightSource& source_;
  LayerTensors& tensors_;
  std::size_t next_ = 0;
};

}  // namespace headroom
