#pragma once
#include "headroom/model_files/quantize.h"
#include "headroom/weights/gguf_writer.h"

#include <string>
#include <vector>

namespace headroom {

// A tensor of a quantised file, and the stored rows that are joined to form it, all of one width.
struct QuantizedTensor {
  std::string name;  // in the written file
  DType dtype = DType::kF32;
  std::vector<std::int64_t> shape;
  std::vector<TensorRows> sources;
  int rotation_group = 0;  // in eight bits; 0 = not rotated
};

// The tensors of a network's quantised file, in order. Valid as long as `tensors`.
[[nodiscard]] std::vector<QuantizedTensor> quantized_layout(const NetworkTensors& tensors,
                                                            QuantizedFormat format);

// The metadata of a network's GGUF file.
[[nodiscard]] std::vector<GgufKey> gguf_keys(const ModelFolder& model, Network network);

}  // namespace headroom
