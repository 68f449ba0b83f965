#pragma once
#include <array>
#include <string>
#include <vector>

namespace headroom {

// The numbers that a model folder's config files give; defaults are Z-Image-Turbo's.
// Every size of every network comes from here.

// transformer/config.json (ZImageTransformer2DModel)
struct TransformerConfig {
  int patch_size = 2;        // all_patch_size[0]
  int frame_patch_size = 1;  // all_f_patch_size[0]
  int in_channels = 16;
  int dim = 3840;
  int n_layers = 30;
  int n_refiner_layers = 2;
  int n_heads = 30;
  double norm_eps = 1e-5;
  int cap_feat_dim = 2560;
  double rope_theta = 256.0;
  double t_scale = 1000.0;
  std::array<int, 3> axes_dims{32, 48, 48};  // sums to head_dim()
  int ffn_width = 0;  // taken from the weights; 0 = the reference's formula, see ffn_dim()
  [[nodiscard]] int head_dim() const { return dim / n_heads; }
  [[nodiscard]] int ffn_dim() const {
    return ffn_width > 0 ? ffn_width : static_cast<int>(dim / 3.0 * 8.0);
  }
  [[nodiscard]] int adaln_dim() const { return dim < 256 ? dim : 256; }
};

// text_encoder/config.json (Qwen3)
struct TextEncoderConfig {
  int vocab_size = 151936;
  int hidden_size = 2560;
  int intermediate_size = 9728;
  int num_hidden_layers = 36;
  int num_attention_heads = 32;
  int num_key_value_heads = 8;
  int head_dim = 128;
  double rms_norm_eps = 1e-6;
  double rope_theta = 1'000'000.0;
};

// vae/config.json (AutoencoderKL)
struct VaeConfig {
  int in_channels = 3;
  int out_channels = 3;
  int latent_channels = 16;
  std::vector<int> block_out_channels{128, 256, 512, 512};
  int layers_per_block = 2;
  int norm_num_groups = 32;
  int sample_size = 1024;
  double scaling_factor = 0.3611;
  double shift_factor = 0.1159;
  bool use_quant_conv = false;
  bool use_post_quant_conv = false;
  bool mid_block_add_attention = true;
  [[nodiscard]] int scale() const { return 1 << (static_cast<int>(block_out_channels.size()) - 1); }
};

// scheduler/scheduler_config.json (FlowMatchEulerDiscreteScheduler)
struct SchedulerConfig {
  double shift = 3.0;
  int num_train_timesteps = 1000;
};

}  // namespace headroom
