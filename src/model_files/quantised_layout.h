#pragma once
#include "headroom/model_files/quantise.h"
#include "headroom/weights/gguf_writer.h"

#include <string>
#include <vector>

namespace headroom {

// A tensor of a quantised file, and whose rows it is made of: behind each other, all of one width.
struct QuantisedTensor {
  std::string name;  // in the written file
  DType dtype = DType::kF32;
  std::vector<std::int64_t> shape;
  std::vector<TensorRows> sources;
  int rotation_group = 0;  // of eight bits; 0 = not rotated
};

// What the file of a network holds, in its order. Valid as long as `tensors`.
[[nodiscard]] std::vector<QuantisedTensor> quantised_layout(const NetworkTensors& tensors,
                                                            QuantisedFormat format);

// What a GGUF file says of the network.
[[nodiscard]] std::vector<GgufKey> gguf_keys(const ModelFolder& model, Network network);

}  // namespace headroom
