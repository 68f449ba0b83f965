#pragma once
#include "headroom/weights/tensor_file.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace headroom::test {

// Writes a LoRA file for the transformer in this folder, named as by diffusers. Each matrix gets
// nothing, a LoRA, a LoHa or a LoKr, differently in every layer, with random values of about
// `size` times the matrix's own.
inline void write_lora(const std::filesystem::path& transformer, const std::filesystem::path& file,
                       unsigned seed, float size = 1.0F) {
  struct Made {
    std::string name;
    std::vector<std::int64_t> shape;
    std::vector<float> values;
  };
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<Made> made;
  const auto add = [&](const std::string& name, std::int64_t rows, std::int64_t columns,
                       float deviation) {
    Made& tensor = made.emplace_back(Made{"diffusion_model." + name, {rows, columns}, {}});
    for (std::int64_t i = 0; i < rows * columns; ++i) {
      tensor.values.push_back(deviation * normal(random));
    }
  };
  const TensorStore store(transformer, "diffusion_pytorch_model");
  for (const auto& [name, view] : store.views()) {
    if (view.shape.size() != 2 || !name.ends_with(".weight")) continue;
    const std::string module = name.substr(0, name.size() - 7);
    const std::int64_t rows = view.shape[0];
    const std::int64_t columns = view.shape[1];
    const float down = 1.0F / std::sqrt(static_cast<float>(columns));
    const auto rank = static_cast<std::int64_t>(1 + random() % 6);
    const auto kind = random() % 5;
    if (kind == 1 && rows % 4 == 0 && columns % 4 == 0) {
      add(module + ".lokr_w1", 4, 4, 0.5F);
      add(module + ".lokr_w2", rows / 4, columns / 4, size * down);
    } else if (kind == 2) {
      add(module + ".hada_w1_a", rows, 2, size);
      add(module + ".hada_w1_b", 2, columns, down);
      add(module + ".hada_w2_a", rows, rank, 0.5F);
      add(module + ".hada_w2_b", rank, columns, 0.5F);
    } else if (kind > 2) {
      add(module + ".lora_A.weight", rank, columns, down);
      add(module + ".lora_B.weight", rows, rank, size / std::sqrt(static_cast<float>(rank)));
    }
  }
  std::vector<NamedTensor> tensors;
  for (const Made& tensor : made) {
    tensors.push_back({tensor.name, DType::kF32, tensor.shape,
                       std::as_bytes(std::span<const float>(tensor.values))});
  }
  write_tensor_file(file, tensors);
}

}  // namespace headroom::test
