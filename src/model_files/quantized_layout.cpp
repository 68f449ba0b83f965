#include "quantized_layout.h"

#include "headroom/weights/dequantize.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/tensor_names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string_view>
#include <type_traits>
#include <utility>

namespace headroom {
namespace {

// The parts of a tensor in the written file, by their position in it.
struct Sources {
  std::map<int, TensorRows> parts;
  std::size_t expected = 1;
  std::vector<std::int64_t> shape;
};

bool is_stray(Network network, std::string_view name) {
  return network == Network::kTransformer ? name == "norm_final.weight"
                                          : name.starts_with("lm_head.");
}

std::string written_name(Network network, QuantizedFormat format, const StoredName& name) {
  const bool is_safetensors = format == QuantizedFormat::kInt8;
  return (network == Network::kTextEncoder && is_safetensors ? "model." : "") + name.name;
}

// "layers.12.mlp..." or "blk.12.ffn..." -> 12
int layer_of(std::string_view name) {
  const std::size_t dot = name.find('.');
  int layer = 0;
  if (dot != std::string_view::npos) {
    std::from_chars(name.data() + dot + 1, name.data() + name.size(), layer);
  }
  return layer;
}

// Whether a layer's most sensitive matrices get two bits more: in the first and last eighth of the
// layers and in every third between, as in llama.cpp's mixes.
bool gets_more_bits(int layer, int layers) {
  return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
}

class Chooser {
 public:
  Chooser(QuantizedFormat format, int layers) : format_(format), layers_(layers) {}

  // The format to store a tensor in. `name` is its name in single files; llama.cpp's for GGUF.
  [[nodiscard]] DType dtype(const std::string& name, const Sources& sources) const {
    const std::int64_t width = row_width(sources.shape);
    const bool is_matrix = sources.shape.size() == 2 && row_count(sources.shape) > 1;
    if (is_matrix && format_ == QuantizedFormat::kInt8) {
      if (is_layer(name) && !is_modulation(name)) return DType::kI8;
    } else if (is_matrix && width % 32 == 0 && (is_layer(name) || is_table(name))) {
      if (format_ == QuantizedFormat::kQ8_0 || width % 256 != 0 || is_modulation(name)) {
        return DType::kQ8_0;
      }
      return is_sensitive(name) ? DType::kQ6K : DType::kQ4K;
    }
    return kept(sources.parts.begin()->second, is_matrix);
  }

 private:
  [[nodiscard]] static bool is_modulation(std::string_view name) {
    return name.find("adaLN") != std::string_view::npos;
  }
  [[nodiscard]] static bool is_table(std::string_view name) {
    return name.starts_with("token_embd.");
  }
  [[nodiscard]] static bool is_layer(std::string_view name) {
    constexpr std::array<std::string_view, 5> kLayers{"layers.", "blk.", "model.layers.",
                                                      "noise_refiner.", "context_refiner."};
    return std::any_of(kLayers.begin(), kLayers.end(),
                       [&](std::string_view start) { return name.starts_with(start); });
  }
  [[nodiscard]] bool is_sensitive(std::string_view name) const {
    constexpr std::array<std::string_view, 3> kLeaves{".feed_forward.w2.", ".ffn_down.",
                                                      ".attn_v."};
    if (is_table(name)) return true;
    if (!name.starts_with("layers.") && !name.starts_with("blk.")) return false;
    return std::any_of(
               kLeaves.begin(), kLeaves.end(),
               [&](std::string_view leaf) { return name.find(leaf) != std::string_view::npos; }) &&
           gets_more_bits(layer_of(name), layers_);
  }
  [[nodiscard]] DType kept(const TensorRows& source, bool is_matrix) const {
    const DType stored = source.stored->codes.dtype;
    const bool is_plain =
        source.stored->coding == Coding::kPlain &&
        (stored == DType::kF32 || stored == DType::kF16 || stored == DType::kBF16);
    if (!is_matrix && format_ != QuantizedFormat::kInt8) return DType::kF32;
    return is_plain ? stored : DType::kBF16;
  }

  QuantizedFormat format_;
  int layers_;
};

// Plain tensors first, the widest elements first, so that all are aligned, including eight-bit
// matrices and their scales.
int place_of(const QuantizedTensor& tensor) {
  return tensor.dtype == DType::kI8 ? 0 : static_cast<int>(tensor_type(tensor.dtype).block_bytes);
}

}  // namespace

std::vector<QuantizedTensor> quantized_layout(const NetworkTensors& tensors,
                                              QuantizedFormat format) {
  const Network network = tensors.network();
  const bool renames = network == Network::kTransformer || format != QuantizedFormat::kInt8;
  std::map<std::string, Sources> written;
  int layers = 0;
  for (const std::string& name : tensors.names()) {
    if (is_stray(network, name)) continue;
    const StoredName place =
        (renames ? single_file_name(network, name, 0) : std::nullopt).value_or(StoredName{name});
    if (name.starts_with("layers.")) layers = std::max(layers, layer_of(name) + 1);
    const std::vector<std::int64_t> shape = *tensors.shape_of(name);
    Sources& sources = written[written_name(network, format, place)];
    sources.expected = static_cast<std::size_t>(place.parts);
    sources.parts.emplace(place.part, tensors.at(name, shape));
    if (sources.shape.empty()) {
      sources.shape = shape;
    } else {
      sources.shape.front() += shape.front();
    }
  }
  const Chooser chooser(format, layers);
  std::vector<QuantizedTensor> layout;
  for (const auto& [name, sources] : written) {
    if (sources.parts.size() != sources.expected) {
      fail_model_file(tensors.store().place(),
                      say("tensor {0} is missing from {1}; download the model again or choose "
                          "another one",
                          name, say_network(network)));
    }
    QuantizedTensor tensor{name, chooser.dtype(name, sources), sources.shape, {}, 0};
    if (tensor.dtype == DType::kI8)
      tensor.rotation_group = usual_rotation_group(tensor.shape.back());
    for (const auto& [part, rows] : sources.parts) tensor.sources.push_back(rows);
    layout.push_back(std::move(tensor));
  }
  if (format == QuantizedFormat::kInt8) {
    std::ranges::stable_sort(layout, std::ranges::greater(), place_of);
  }
  return layout;
}

std::vector<GgufKey> gguf_keys(const ModelFolder& model, Network network) {
  constexpr std::uint32_t kQuantizationVersion = 2;  // version of the k-quants' layouts
  const bool is_text = network == Network::kTextEncoder;
  std::vector<GgufKey> keys;
  keys.emplace_back("general.architecture", std::string(is_text ? "qwen3" : "lumina2"));
  keys.emplace_back("general.name", model.info.name);
  keys.emplace_back("general.quantization_version", kQuantizationVersion);
  if (!is_text) return keys;
  const TextEncoderConfig& config = model.text_encoder;
  const auto add = [&keys](const char* key, auto value) {
    if constexpr (std::is_integral_v<decltype(value)>) {
      keys.emplace_back(key, static_cast<std::uint32_t>(value));
    } else {
      keys.emplace_back(key, static_cast<float>(value));
    }
  };
  add("qwen3.block_count", config.num_hidden_layers);
  add("qwen3.embedding_length", config.hidden_size);
  add("qwen3.feed_forward_length", config.intermediate_size);
  add("qwen3.attention.head_count", config.num_attention_heads);
  add("qwen3.attention.head_count_kv", config.num_key_value_heads);
  add("qwen3.attention.key_length", config.head_dim);
  add("qwen3.attention.value_length", config.head_dim);
  add("qwen3.attention.layer_norm_rms_epsilon", config.rms_norm_eps);
  add("qwen3.rope.freq_base", config.rope_theta);
  return keys;
}

}  // namespace headroom
