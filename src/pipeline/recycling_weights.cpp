#include "headroom/pipeline/recycling_weights.h"

#include <algorithm>
#include <optional>

namespace headroom {

at::Tensor RecyclingWeights::get(std::string_view name, at::IntArrayRef shape) {
  std::vector<at::Tensor>& vectors = memory_.vectors;
  if (vector_ == vectors.size()) {
    vectors.push_back(source_.get(name, shape));
  } else {
    source_.read(name, vectors[vector_]);
  }
  return vectors[vector_++];
}

LinearWeight RecyclingWeights::matrix(std::string_view name, std::int64_t rows,
                                      std::int64_t columns) {
  if (memory_.layers.empty()) return source_.matrix(name, rows, columns);
  const MatrixStorage storage = source_.stored(name, rows, columns);
  std::vector<MatrixMemory>& matrices = memory_.matrices;
  const bool is_new = matrix_ == matrices.size();
  MatrixMemory memory =
      is_new ? take_matrix_memory(room_for(name, rows, columns), source_.options().device())
             : matrices[matrix_];
  LinearWeight weight = LinearWeight::placed(storage, memory);
  source_.read_matrix(name, weight);
  if (is_new) matrices.push_back(std::move(memory));
  ++matrix_;
  return weight;
}

MatrixStorage::PartBytes RecyclingWeights::room_for(std::string_view name, std::int64_t rows,
                                                    std::int64_t columns) const {
  MatrixStorage::PartBytes room = source_.stored(name, rows, columns).part_bytes();
  const std::optional<LayerName> own = layer_name(name);
  if (!own) return room;
  for (const int layer : memory_.layers) {
    const MatrixStorage::PartBytes other =
        source_.stored(tensor_name(layer, own->within), rows, columns).part_bytes();
    for (std::size_t i = 0; i < room.size(); ++i) room[i] = std::max(room[i], other[i]);
  }
  return room;
}

}  // namespace headroom
