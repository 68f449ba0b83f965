#pragma once
#include "headroom/model_files/model_folder.h"

#include "weights/weights_test_support.h"

#include <map>
#include <string>
#include <vector>

namespace headroom::test {

using nlohmann::json;

// The published files of Z-Image-Turbo, as far as they matter.
inline std::map<std::string, json> turbo_files() {
  const auto blocks = [](const char* type) { return json(4, json(type)); };
  return {
      {"model_index.json",
       {{"_class_name", "ZImagePipeline"},
        {"_diffusers_version", "0.36.0.dev0"},
        {"scheduler", {"diffusers", "FlowMatchEulerDiscreteScheduler"}},
        {"text_encoder", {"transformers", "Qwen3Model"}},
        {"tokenizer", {"transformers", "Qwen2Tokenizer"}},
        {"transformer", {"diffusers", "ZImageTransformer2DModel"}},
        {"vae", {"diffusers", "AutoencoderKL"}}}},
      {"scheduler/scheduler_config.json",
       {{"_class_name", "FlowMatchEulerDiscreteScheduler"},
        {"num_train_timesteps", 1000},
        {"use_dynamic_shifting", false},
        {"shift", 3.0}}},
      {"transformer/config.json",
       {{"_class_name", "ZImageTransformer2DModel"},
        {"all_patch_size", json::array({2})},
        {"all_f_patch_size", json::array({1})},
        {"in_channels", 16},
        {"dim", 3840},
        {"n_layers", 30},
        {"n_refiner_layers", 2},
        {"n_heads", 30},
        {"n_kv_heads", 30},
        {"norm_eps", 1e-5},
        {"qk_norm", true},
        {"cap_feat_dim", 2560},
        {"rope_theta", 256.0},
        {"t_scale", 1000.0},
        {"axes_dims", {32, 48, 48}},
        {"axes_lens", {1536, 512, 512}}}},
      {"text_encoder/config.json",
       {{"architectures", json::array({"Qwen3ForCausalLM"})},
        {"model_type", "qwen3"},
        {"hidden_size", 2560},
        {"intermediate_size", 9728},
        {"num_hidden_layers", 36},
        {"num_attention_heads", 32},
        {"num_key_value_heads", 8},
        {"head_dim", 128},
        {"rms_norm_eps", 1e-6},
        {"rope_theta", 1000000},
        {"rope_scaling", nullptr},
        {"max_position_embeddings", 40960},
        {"hidden_act", "silu"},
        {"attention_bias", false},
        {"tie_word_embeddings", true},
        {"vocab_size", 151936},
        {"use_sliding_window", false},
        {"torch_dtype", "bfloat16"}}},
      {"vae/config.json",
       {{"_class_name", "AutoencoderKL"},
        {"in_channels", 3},
        {"out_channels", 3},
        {"latent_channels", 16},
        {"block_out_channels", {128, 256, 512, 512}},
        {"layers_per_block", 2},
        {"norm_num_groups", 32},
        {"act_fn", "silu"},
        {"mid_block_add_attention", true},
        {"down_block_types", blocks("DownEncoderBlock2D")},
        {"up_block_types", blocks("UpDecoderBlock2D")},
        {"sample_size", 1024},
        {"scaling_factor", 0.3611},
        {"shift_factor", 0.1159},
        {"use_quant_conv", false},
        {"use_post_quant_conv", false},
        {"force_upcast", true},
        {"latents_mean", nullptr},
        {"latents_std", nullptr}}},
  };
}

inline void write_files(const TemporaryFolder& folder, const std::map<std::string, json>& files,
                        const std::string& below = "") {
  for (const auto& [name, content] : files) folder.write(below + name, content.dump(1));
}

struct Change {
  std::string file;
  std::string key;
  json value;  // absent(): the key is removed
};

inline json absent() { return json(json::value_t::discarded); }

inline void apply(std::map<std::string, json>& files, const Change& change) {
  json& file = files.at(change.file);
  if (change.value.is_discarded()) {
    file.erase(change.key);
  } else {
    file[change.key] = change.value;
  }
}

inline ModelFolder read_with(const std::vector<Change>& changes) {
  auto files = turbo_files();
  for (const Change& change : changes) apply(files, change);
  const TemporaryFolder folder;
  write_files(folder, files);
  return read_model_folder(folder.path());
}

inline constexpr const char* kIndex = "model_index.json";
inline constexpr const char* kScheduler = "scheduler/scheduler_config.json";
inline constexpr const char* kTransformer = "transformer/config.json";
inline constexpr const char* kText = "text_encoder/config.json";
inline constexpr const char* kVae = "vae/config.json";

}  // namespace headroom::test
