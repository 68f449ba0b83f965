#pragma once
#include "headroom/model/weight_source.h"

#include <cstddef>
#include <vector>

namespace headroom {

// The memory of a layer that is not needed any more.
struct LayerMemory {
  std::vector<at::Tensor> vectors;
  std::vector<LinearWeight> matrices;
};

// Reads a layer into the tensors of an earlier one of the same network, in the order in which both
// ask for them; what is not there yet is taken and kept. So streaming takes memory for its buffers
// once, not once a layer.
class RecyclingWeights final : public WeightSource {
 public:
  // Both must outlive this object.
  RecyclingWeights(WeightSource& source, LayerMemory& memory) : source_(source), memory_(memory) {}

  at::Tensor get(std::string_view name, at::IntArrayRef shape) override {
    std::vector<at::Tensor>& vectors = memory_.vectors;
    if (vector_ == vectors.size()) {
      vectors.push_back(source_.get(name, shape));
    } else {
      source_.read(name, vectors[vector_]);
    }
    return vectors[vector_++];
  }
  LinearWeight matrix(std::string_view name, std::int64_t rows, std::int64_t columns) override {
    std::vector<LinearWeight>& matrices = memory_.matrices;
    if (matrix_ == matrices.size()) {
      matrices.push_back(source_.matrix(name, rows, columns));
    } else {
      source_.read_matrix(name, matrices[matrix_]);
    }
    return matrices[matrix_++];
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
  LayerMemory& memory_;
  std::size_t vector_ = 0;  // that comes next
  std::size_t matrix_ = 0;
};

}  // namespace headroom
