#include "shape_configs.h"

#include "headroom/weights/model_file_error.h"

#include <algorithm>
#include <string>
#include <vector>

namespace headroom {
namespace {

using Json = nlohmann::json;

class Shapes {
 public:
  explicit Shapes(const NetworkTensors& tensors) : tensors_(tensors) {}

  [[nodiscard]] std::int64_t extent(const std::string& name, std::size_t axis) const {
    const auto shape = tensors_.shape_of(name);
    if (!shape || shape->size() <= axis) {
      fail_model_file(
          tensors_.store().place(),
          say("tensor {0} is missing from {1}; download the model again or choose another one",
              name, say_network(tensors_.network())));
    }
    return (*shape)[axis];
  }
  // How many names "layers.0.x", "layers.1.x", ... there are.
  [[nodiscard]] std::int64_t count(const std::string& before, const std::string& after) const {
    std::int64_t n = 0;
    while (tensors_.contains(before + std::to_string(n) + after)) ++n;
    return n;
  }

 private:
  const NetworkTensors& tensors_;
};

Json transformer_config(const NetworkTensors& tensors) {
  const Shapes shapes(tensors);
  const std::int64_t dim = shapes.extent("all_x_embedder.2-1.weight", 0);
  const std::int64_t head = shapes.extent("layers.0.attention.norm_q.weight", 0);
  return {{"_class_name", "ZImageTransformer2DModel"},
          {"all_patch_size", {2}},
          {"all_f_patch_size", {1}},
          {"in_channels", shapes.extent("all_x_embedder.2-1.weight", 1) / 4},
          {"dim", dim},
          {"n_layers", shapes.count("layers.", ".attention_norm1.weight")},
          {"n_refiner_layers", shapes.count("noise_refiner.", ".attention_norm1.weight")},
          {"n_heads", dim / std::max<std::int64_t>(1, head)},
          {"cap_feat_dim", shapes.extent("cap_embedder.0.weight", 0)},
          // [32, 48, 48] for head_dim 128, as in all models of this kind
          {"axes_dims", {head / 4, head / 8 * 3, head / 8 * 3}}};
}

Json text_encoder_config(const NetworkTensors& tensors) {
  const Shapes shapes(tensors);
  const std::int64_t head = shapes.extent("layers.0.self_attn.q_norm.weight", 0);
  const std::int64_t width = std::max<std::int64_t>(1, head);
  return {{"model_type", "qwen3"},
          {"vocab_size", shapes.extent("embed_tokens.weight", 0)},
          {"hidden_size", shapes.extent("layers.0.input_layernorm.weight", 0)},
          {"intermediate_size", shapes.extent("layers.0.mlp.gate_proj.weight", 0)},
          {"num_hidden_layers", shapes.count("layers.", ".input_layernorm.weight")},
          {"num_attention_heads", shapes.extent("layers.0.self_attn.q_proj.weight", 0) / width},
          {"num_key_value_heads", shapes.extent("layers.0.self_attn.k_proj.weight", 0) / width},
          {"head_dim", head},
          {"rms_norm_eps", 1e-6},
          {"rope_theta", 1e6}};
}

Json vae_config(const NetworkTensors& tensors) {
  const Shapes shapes(tensors);
  std::vector<std::int64_t> channels;  // starting at the picture's side
  const std::int64_t levels = shapes.count("decoder.up_blocks.", ".resnets.0.conv1.weight");
  for (std::int64_t i = levels; i-- > 0;) {
    channels.push_back(
        shapes.extent("decoder.up_blocks." + std::to_string(i) + ".resnets.0.conv1.weight", 0));
  }
  const auto copies = [&](const char* type) {
    return std::vector<std::string>(static_cast<std::size_t>(levels), type);
  };
  return {
      {"_class_name", "AutoencoderKL"},
      {"in_channels", 3},
      {"out_channels", shapes.extent("decoder.conv_out.weight", 0)},
      {"latent_channels", shapes.extent("decoder.conv_in.weight", 1)},
      {"block_out_channels", channels},
      {"layers_per_block", shapes.count("decoder.up_blocks.0.resnets.", ".conv1.weight") - 1},
      {"norm_num_groups", 32},
      {"sample_size", 1024},
      {"scaling_factor", 0.3611},
      {"shift_factor", 0.1159},
      {"use_quant_conv", tensors.contains("quant_conv.weight")},
      {"use_post_quant_conv", tensors.contains("post_quant_conv.weight")},
      {"mid_block_add_attention", tensors.contains("decoder.mid_block.attentions.0.to_q.weight")},
      {"down_block_types", copies("DownEncoderBlock2D")},
      {"up_block_types", copies("UpDecoderBlock2D")}};
}

Json json_of(const NetworkTensors& tensors) {
  switch (tensors.network()) {
    case Network::kTransformer:
      return transformer_config(tensors);
    case Network::kTextEncoder:
      return text_encoder_config(tensors);
    case Network::kVae:
      break;
  }
  return vae_config(tensors);
}

// A width taken from the file, with the same bounds as in configs.
int width_of(const NetworkTensors& tensors, const std::string& name, int fallback) {
  constexpr std::int64_t kMaxWidth = 4 * 65536;
  const auto shape = tensors.shape_of(name);
  if (!shape || shape->size() != 2) return fallback;
  if (shape->front() < 1 || shape->front() > kMaxWidth) {
    fail_model_file(tensors.store().place(),
                    say("tensor {0} has {1} rows, which no such model has; download the model "
                        "again or choose another one",
                        name, shape->front()));
  }
  return static_cast<int>(shape->front());
}

// A number from GGUF's keys.
double number_of(const NetworkTensors& tensors, const char* key, double low, double high,
                 double fallback) {
  const auto text = tensors.key(key);
  if (!text) return fallback;
  const Json value = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  const double number = value.is_number() ? value.get<double>() : low - 1;
  if (!(number >= low && number <= high)) {
    fail_model_file(tensors.store().place(),
                    say("the key {0} is {1}, which cannot be; download the file again or choose "
                        "another one",
                        key, in_quotes(*text)));
  }
  return number;
}

}  // namespace

ConfigFile config_of(const NetworkTensors& tensors) {
  return {tensors.store().place(), json_of(tensors)};
}

void take_widths(const NetworkTensors& tensors, TransformerConfig& config) {
  config.ffn_width = width_of(tensors, "layers.0.feed_forward.w1.weight", config.ffn_width);
}

void take_widths(const NetworkTensors& tensors, TextEncoderConfig& config) {
  config.intermediate_size =
      width_of(tensors, "layers.0.mlp.gate_proj.weight", config.intermediate_size);
  config.rope_theta = number_of(tensors, "qwen3.rope.freq_base", 1, 1e12, config.rope_theta);
  config.rms_norm_eps =
      number_of(tensors, "qwen3.attention.layer_norm_rms_epsilon", 1e-12, 0.1, config.rms_norm_eps);
  // GGUF's keys must agree with the tensors: a file that was cut would compute something else.
  const auto check = [&](const char* key, int found) {
    const auto said = number_of(tensors, key, 1, 1e6, found);
    if (said == found) return;
    fail_model_file(tensors.store().place(),
                    say("the key {0} is {1}, where the tensors say {2}; download the file again "
                        "or choose another one",
                        key, in_quotes(tensors.key(key).value_or("")), found));
  };
  check("qwen3.attention.key_length", config.head_dim);
  check("qwen3.block_count", config.num_hidden_layers);
}

}  // namespace headroom
