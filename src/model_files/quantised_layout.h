#pragma once
#include "headroom/model_files/quantise.h"
#include "headroom/weights/gguf_writer.h"

#include <string>
#include <vector>

namespace headroom {

// A tensor of a quantised file, and the stored rows that are joined to form it, all of one width.
struct QuantisedTensor {
  std::string name;  // in the written file
  DType dtype = DType::kF32;
  std::vector<std::int64_t> shape;
  std::vector<TensorRows> sources;
  int rotation_group = 0;  // in eight bits; 0 = not rotated
};

// The tensors of a network's quantised file, in order. Valid as long as `tensors`.
[[nodiscard]] std::vector<QuantisedTensor> quantised_layout(const NetworkTensors& tensors,
                                                            QuantisedFormat format);

// The metadata of a network's GGUF file.
[[nodiscard]] std::vector<GgufKey> gguf_keys(const ModelFolder& model, Network network);

}  // namespace headroom
