#pragma once
#include "headroom/model/weight_source.h"
#include "headroom/pipeline/layer_names.h"

#include <cstddef>
#include <vector>

namespace headroom {

// The memory of one layer at a time.
struct LayerMemory {
  std::vector<int> layers;  // that take turns in it; none: one layer, for good
  std::vector<at::Tensor> vectors;
  std::vector<MatrixMemory> matrices;
};

// Reads a layer into the memory of an earlier one of the same network, in the order in which both
// ask for their tensors; what is not there yet is taken and kept. So streaming takes memory for its
// buffers once, not once a layer. Layers may keep their matrices otherwise than each other: each
// block has the size that the largest of them needs there. Vectors are alike.
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
  std::size_t vector_ = 0;  // that comes next
  std::size_t matrix_ = 0;
};

}  // namespace headroom
