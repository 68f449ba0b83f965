#pragma once
#include "headroom/model/weight_source.h"
#include "headroom/pipeline/layer_names.h"

#include <cstddef>
#include <vector>

namespace headroom {

// Memory that layers use in turn, one at a time.
struct LayerMemory {
  std::vector<int> layers;  // layers that take turns; empty: one layer stays in it
  std::vector<at::Tensor> vectors;
  std::vector<MatrixMemory> matrices;
};

// Reads a layer into the memory of an earlier one of the same network; both ask for their tensors
// in the same order. Memory that is not there yet is allocated and kept. So streaming allocates
// its buffers once, not for each layer. Layers may store their matrices in different ways: each
// memory block has the size that the largest of them needs. Vectors are the same in all layers.
class RecyclingWeights final : public WeightSource {
 public:
  // Both must outlive this object.
  RecyclingWeights(WeightSource& source, LayerMemory& memory) : source_(source), memory_(memory) {}

  at::Tensor get(std::string_view name, at::IntArrayRef shape) override;
  [[nodiscard]] MatrixStorage stored(std::string_view name, std::int64_t rows,
                                     std::int64_t columns) const override {
    return source_.stored(name, rows, columns);
  }
  LinearWeight matrix(std::string_view name, std::int64_t rows, std::int64_t columns) override;
  void read(std::string_view name, const at::Tensor& target) override {
    source_.read(name, target);
  }
  void read_matrix(std::string_view name, const LinearWeight& target) override {
    source_.read_matrix(name, target);
  }
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override {
    return source_.gather_rows(name, ids, rows, width);
  }
  [[nodiscard]] at::TensorOptions options() const override { return source_.options(); }

 private:
  // What the largest of the layers that take turns needs for this matrix.
  [[nodiscard]] MatrixStorage::PartBytes room_for(std::string_view name, std::int64_t rows,
                                                  std::int64_t columns) const;

  WeightSource& source_;
  LayerMemory& memory_;
  std::size_t vector_ = 0;  // index of the next vector
  std::size_t matrix_ = 0;
};

}  // namespace headroom
