#include "part_configs.h"

#include "headroom/weights/model_file_error.h"

#include "model_root.h"

#include <cstdint>
#include <string>
#include <string_view>

// Configs may have the values that this program's networks can run. Upper bounds are far above any
// real model; they keep every product of two sizes that the program computes within an int64.

namespace headroom {
namespace {

constexpr int kMaxWidth = 65536;  // of any layer
constexpr int kMaxLayers = 1000;
constexpr int kMaxHeads = 1024;
constexpr int kMaxHeadDim = 1024;
constexpr int kMaxFfnWidth = 4 * kMaxWidth;
constexpr int kMaxVocabulary = 4'000'000;
constexpr int kMaxChannels = 8192;  // of the VAE's layers
constexpr int kMaxLatentChannels = 1024;
constexpr int kMaxVaeLevels = 8;  // a scale of 1 to 128
constexpr double kMinEps = 1e-12;
constexpr double kMaxEps = 0.1;
constexpr double kMaxRopeTheta = 1e12;

// Old files have rope_theta and rope_scaling, newer ones rope_parameters {rope_theta, rope_type}.
double read_rope_theta(const ConfigFile& config) {
  const nlohmann::json* theta = config.find("rope_theta");
  std::string_view theta_key = "rope_theta";
  for (const std::string_view key : {"rope_scaling", "rope_parameters"}) {
    const nlohmann::json* rope = config.find(key);
    if (rope == nullptr) continue;
    if (!rope->is_object()) config.fail(key, say("it must be an object or null"));
    for (const char* type_key : {"rope_type", "type"}) {
      const auto type = rope->find(type_key);
      if (type != rope->end() && !type->is_null() && *type != "default") {
        config.fail(key, say("only the plain rotary embedding, rope_type 'default', is supported"));
      }
    }
    const auto inner = rope->find("rope_theta");
    if (inner != rope->end() && !inner->is_null()) {
      theta = &*inner;
      theta_key = key;
    }
  }
  if (theta == nullptr) return 10000.0;
  const double value = theta->is_number() ? theta->get<double>() : 0.0;
  if (!(value >= 1 && value <= kMaxRopeTheta)) {
    config.fail(theta_key, say("rope_theta must be a number from 1 to 1e12"));
  }
  return value;
}

void check_text_encoder_kind(const ConfigFile& config) {
  config.require_one_of("model_type", {"qwen3"});
  check_not_quantized(config);
  if (const nlohmann::json* classes = config.find("architectures")) {
    const bool known = classes->is_array() && classes->size() == 1 &&
                       (classes->front() == "Qwen3ForCausalLM" || classes->front() == "Qwen3Model");
    if (!known)
      config.fail("architectures", say("only {0} is supported", "Qwen3ForCausalLM or Qwen3Model"));
  }
  config.require_default("hidden_act", "silu");
  config.require_default("attention_bias", false);
  config.require_default("use_sliding_window", false);
  // The output layer is never used, tied or not; but another type here means a damaged file.
  (void)config.flag("tie_word_embeddings", true);
  if (const nlohmann::json* types = config.find("layer_types")) {
    bool full = types->is_array();
    for (const nlohmann::json& type : *types) full = full && type == "full_attention";
    if (!full) config.fail("layer_types", say("only full_attention in every layer is supported"));
  }
}

void check_block_types(const ConfigFile& config, std::string_view key, const char* type,
                       std::size_t count) {
  const nlohmann::json expected(count, nlohmann::json(type));  // a list of `count` equal strings
  const nlohmann::json* found = config.find(key);
  if (found == nullptr || *found != expected) {
    config.fail(key, say("it must be {0} times {1}, once for each of block_out_channels", count,
                         in_quotes(type)));
  }
}

}  // namespace

TransformerConfig read_transformer(const ConfigFile& config) {
  config.require_one_of("_class_name", {"ZImageTransformer2DModel"});
  check_not_quantized(config);
  config.require("all_patch_size", nlohmann::json::array({2}));
  config.require("all_f_patch_size", nlohmann::json::array({1}));
  config.require_default("qk_norm", true);
  // The Omni variant has other inputs and other tensors.
  config.require_default("siglip_feat_dim", nullptr);

  TransformerConfig result;
  result.in_channels = config.integer("in_channels", 1, kMaxLatentChannels);
  result.dim = config.integer("dim", 1, kMaxWidth);
  result.n_layers = config.integer("n_layers", 1, kMaxLayers);
  result.n_refiner_layers = config.integer("n_refiner_layers", 1, kMaxLayers);
  result.n_heads = config.integer("n_heads", 1, kMaxHeads);
  config.require_default("n_kv_heads", result.n_heads);
  result.norm_eps = config.number("norm_eps", kMinEps, kMaxEps, result.norm_eps);
  result.cap_feat_dim = config.integer("cap_feat_dim", 1, kMaxWidth);
  result.rope_theta = config.number("rope_theta", 1, kMaxRopeTheta, result.rope_theta);
  result.t_scale = config.number("t_scale", 1e-3, 1e6, result.t_scale);

  if (result.dim % result.n_heads != 0) {
    config.fail("dim",
                say("it must be a multiple of {0}", "n_heads " + std::to_string(result.n_heads)));
  }
  const std::vector<int> axes = config.integers("axes_dims", 2, kMaxWidth, result.axes_dims.size());
  bool fits = axes.size() == result.axes_dims.size();
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    fits = fits && axes[i] % 2 == 0;  // rotation works on pairs
    sum += axes[i];
    result.axes_dims[i] = axes[i];
  }
  if (!fits || sum != result.head_dim()) {
    config.fail("axes_dims", say("it must be three even numbers whose sum is dim / n_heads = {0}",
                                 result.head_dim()));
  }
  return result;
}

TextEncoderConfig read_text_encoder(const ConfigFile& config) {
  check_text_encoder_kind(config);
  TextEncoderConfig result;
  result.vocab_size = config.integer("vocab_size", 1, kMaxVocabulary);
  result.hidden_size = config.integer("hidden_size", 1, kMaxWidth);
  result.intermediate_size = config.integer("intermediate_size", 1, kMaxFfnWidth);
  // The features are the output of the layer before the last one.
  result.num_hidden_layers = config.integer("num_hidden_layers", 2, kMaxLayers);
  result.num_attention_heads = config.integer("num_attention_heads", 1, kMaxHeads);
  result.num_key_value_heads = config.integer("num_key_value_heads", 1, kMaxHeads);
  result.head_dim = config.integer("head_dim", 2, kMaxHeadDim, 128);
  result.rms_norm_eps = config.number("rms_norm_eps", kMinEps, kMaxEps, result.rms_norm_eps);
  result.rope_theta = read_rope_theta(config);
  if (result.head_dim % 2 != 0) config.fail("head_dim", say("it must be even"));
  if (result.num_attention_heads % result.num_key_value_heads != 0) {
    config.fail("num_attention_heads",
                say("it must be a multiple of {0}",
                    "num_key_value_heads " + std::to_string(result.num_key_value_heads)));
  }
  return result;
}

VaeConfig read_vae(const ConfigFile& config) {
  config.require_one_of("_class_name", {"AutoencoderKL"});
  check_not_quantized(config);
  config.require_default("act_fn", "silu");
  config.require_default("latents_mean", nullptr);
  config.require_default("latents_std", nullptr);

  VaeConfig result;
  result.in_channels = config.integer("in_channels", 3, 3);
  result.out_channels = config.integer("out_channels", 3, 3);
  result.latent_channels = config.integer("latent_channels", 1, kMaxLatentChannels);
  result.block_out_channels = config.integers("block_out_channels", 1, kMaxChannels, kMaxVaeLevels);
  result.layers_per_block = config.integer("layers_per_block", 1, kMaxLayers);
  result.norm_num_groups = config.integer("norm_num_groups", 1, kMaxChannels);
  result.sample_size = config.integer("sample_size", 1, kMaxWidth);
  result.scaling_factor = config.number("scaling_factor", 1e-6, 1e6);
  result.shift_factor = config.number("shift_factor", -1e6, 1e6, 0.0);
  // The reference's defaults when these keys are absent.
  result.use_quant_conv = config.flag("use_quant_conv", true);
  result.use_post_quant_conv = config.flag("use_post_quant_conv", true);
  result.mid_block_add_attention = config.flag("mid_block_add_attention", true);

  const std::size_t levels = result.block_out_channels.size();
  check_block_types(config, "down_block_types", "DownEncoderBlock2D", levels);
  check_block_types(config, "up_block_types", "UpDecoderBlock2D", levels);
  for (const int channels : result.block_out_channels) {
    if (channels % result.norm_num_groups != 0) {
      config.fail("block_out_channels",
                  say("each must be a multiple of norm_num_groups {0}", result.norm_num_groups));
    }
  }
  if (result.sample_size < result.scale()) {
    config.fail("sample_size", say("it must be at least one latent, {0} px", result.scale()));
  }
  return result;
}

SchedulerConfig read_scheduler(const ConfigFile& config) {
  config.require_one_of("_class_name", {"FlowMatchEulerDiscreteScheduler"});
  for (const char* key : {"use_dynamic_shifting", "use_karras_sigmas", "use_exponential_sigmas",
                          "use_beta_sigmas", "invert_sigmas", "stochastic_sampling"}) {
    config.require_default(key, false);
  }
  config.require_default("shift_terminal", nullptr);
  // The model's time is (1000 - t) / 1000, so a schedule in other units would not cover 0 to 1.
  config.require_default("num_train_timesteps", 1000);
  SchedulerConfig result;
  result.shift = config.number("shift", 0.01, 100, 1.0);
  return result;
}

}  // namespace headroom
