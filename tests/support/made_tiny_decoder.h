#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// TAEF1's decoder with values by a rule, as tools/reference/make_tiny_decoder_fixture.py has them.
namespace headroom::test {

inline std::uint32_t mix(std::uint32_t x) {
  for (int i = 0; i < 2; ++i) x = (x ^ (x >> 16)) * 0x45d9f3bU;
  return x ^ (x >> 16);
}

// Values of tensor `number`, uniform in -scale/2 .. scale/2.
inline std::vector<float> made_values(std::uint32_t number, std::size_t count, double scale) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double share = mix(static_cast<std::uint32_t>(i) + 1000003U * number) / 4294967296.0;
    values[i] = static_cast<float>((share - 0.5) * scale);
  }
  return values;
}

struct MadeTensor {
  std::string name;  // diffusers', without "decoder."
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

// All tensors in the order of the layers.
inline std::vector<MadeTensor> made_tiny_decoder() {
  std::vector<MadeTensor> made;
  const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
    std::size_t count = 1;
    for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(extent);
    const double scale = shape.size() > 1 ? 0.14 : 0.4;
    const auto number = static_cast<std::uint32_t>(made.size());
    made.push_back({name, std::move(shape), made_values(number, count, scale)});
  };
  const auto convolution = [&](const std::string& name, std::int64_t out, std::int64_t in,
                               bool has_bias) {
    add(name + ".weight", {out, in, 3, 3});
    if (has_bias) add(name + ".bias", {out});
  };
  int layer = 0;
  const auto next = [&] { return "layers." + std::to_string(layer); };
  convolution(next(), 64, 16, true);
  layer += 2;  // and a ReLU
  for (const int blocks : {3, 3, 3, 1}) {
    for (int b = 0; b < blocks; ++b, ++layer) {
      for (const char* const part : {".conv.0", ".conv.2", ".conv.4"})
        convolution(next() + part, 64, 64, true);
    }
    if (blocks == 1) continue;
    ++layer;  // the doubling
    convolution(next(), 64, 64, false);
    ++layer;
  }
  convolution(next(), 3, 64, true);
  return made;
}

// How files name the tensors.
enum class TinyDecoderNames { kDiffusers, kSequential, kBesideAnEncoder };

inline std::string name_in_file(const std::string& name, TinyDecoderNames names) {
  if (names == TinyDecoderNames::kDiffusers) return "decoder." + name;
  const std::string rest = name.substr(std::string_view("layers.").size());
  const std::size_t dot = rest.find('.');
  const std::string moved = std::to_string(std::stoi(rest.substr(0, dot)) + 1) + rest.substr(dot);
  return names == TinyDecoderNames::kSequential ? moved : "decoder." + moved;
}

inline void write_tiny_decoder(const std::filesystem::path& file,
                               TinyDecoderNames names = TinyDecoderNames::kDiffusers) {
  const std::vector<MadeTensor> made = made_tiny_decoder();
  std::vector<NamedTensor> tensors;
  for (const MadeTensor& tensor : made) {
    tensors.push_back({name_in_file(tensor.name, names), DType::kF32, tensor.shape,
                       std::as_bytes(std::span<const float>(tensor.values))});
  }
  const std::vector<float> encoder(64 * 3 * 9);
  if (names == TinyDecoderNames::kBesideAnEncoder) {
    tensors.push_back({"encoder.0.weight",
                       DType::kF32,
                       {64, 3, 3, 3},
                       std::as_bytes(std::span<const float>(encoder))});
  }
  write_tensor_file(file, tensors);
}

}  // namespace headroom::test
