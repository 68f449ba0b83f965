#include "headroom/model_files/model_folder.h"

#include "model_files/model_folder_test_support.h"
#include "support/paths.h"

#include <array>
#include <vector>

namespace headroom {
namespace {

using namespace test;

void expect_equal(const TransformerConfig& a, const TransformerConfig& b) {
  EXPECT_EQ(a.patch_size, b.patch_size);
  EXPECT_EQ(a.frame_patch_size, b.frame_patch_size);
  EXPECT_EQ(a.in_channels, b.in_channels);
  EXPECT_EQ(a.dim, b.dim);
  EXPECT_EQ(a.n_layers, b.n_layers);
  EXPECT_EQ(a.n_refiner_layers, b.n_refiner_layers);
  EXPECT_EQ(a.n_heads, b.n_heads);
  EXPECT_EQ(a.norm_eps, b.norm_eps);
  EXPECT_EQ(a.cap_feat_dim, b.cap_feat_dim);
  EXPECT_EQ(a.rope_theta, b.rope_theta);
  EXPECT_EQ(a.t_scale, b.t_scale);
  EXPECT_EQ(a.axes_dims, b.axes_dims);
}

void expect_equal(const TextEncoderConfig& a, const TextEncoderConfig& b) {
  EXPECT_EQ(a.vocab_size, b.vocab_size);
  EXPECT_EQ(a.hidden_size, b.hidden_size);
  EXPECT_EQ(a.intermediate_size, b.intermediate_size);
  EXPECT_EQ(a.num_hidden_layers, b.num_hidden_layers);
  EXPECT_EQ(a.num_attention_heads, b.num_attention_heads);
  EXPECT_EQ(a.num_key_value_heads, b.num_key_value_heads);
  EXPECT_EQ(a.head_dim, b.head_dim);
  EXPECT_EQ(a.rms_norm_eps, b.rms_norm_eps);
  EXPECT_EQ(a.rope_theta, b.rope_theta);
}

void expect_equal(const VaeConfig& a, const VaeConfig& b) {
  EXPECT_EQ(a.in_channels, b.in_channels);
  EXPECT_EQ(a.out_channels, b.out_channels);
  EXPECT_EQ(a.latent_channels, b.latent_channels);
  EXPECT_EQ(a.block_out_channels, b.block_out_channels);
  EXPECT_EQ(a.layers_per_block, b.layers_per_block);
  EXPECT_EQ(a.norm_num_groups, b.norm_num_groups);
  EXPECT_EQ(a.sample_size, b.sample_size);
  EXPECT_EQ(a.scaling_factor, b.scaling_factor);
  EXPECT_EQ(a.shift_factor, b.shift_factor);
  EXPECT_EQ(a.use_quant_conv, b.use_quant_conv);
  EXPECT_EQ(a.use_post_quant_conv, b.use_post_quant_conv);
  EXPECT_EQ(a.mid_block_add_attention, b.mid_block_add_attention);
}

// The defaults in the structs are Turbo's, so the files of Turbo must give them.
TEST(ModelFolder, ReadsTheTurboModel) {
  const TemporaryFolder folder;
  write_files(folder, turbo_files(), "Z-Image-Turbo/");
  const ModelFolder model = read_model_folder(folder / "Z-Image-Turbo");
  EXPECT_EQ(model.root, folder / "Z-Image-Turbo");
  expect_equal(model.transformer, TransformerConfig{});
  expect_equal(model.text_encoder, TextEncoderConfig{});
  expect_equal(model.vae, VaeConfig{});
  EXPECT_EQ(model.scheduler.shift, 3.0);
  EXPECT_EQ(model.scheduler.num_train_timesteps, 1000);
  EXPECT_EQ(model.info.name, "Z-Image-Turbo");
  EXPECT_EQ(model.info.path, (folder / "Z-Image-Turbo").string());
  EXPECT_EQ(model.info.size_unit, 16);
  EXPECT_EQ(model.info.steps, 8);
  EXPECT_EQ(model.info.guidance_scale, 0.0);
  EXPECT_EQ(model.info.negative_prompt, "");
  EXPECT_EQ(model.info.shift, 3.0);
  EXPECT_FALSE(model.info.is_starter);
}

TEST(ModelFolder, RecommendsStepsAndGuidanceForTheBaseModel) {
  auto files = turbo_files();
  files["scheduler/scheduler_config.json"]["shift"] = 6.0;
  const TemporaryFolder folder;
  write_files(folder, files);
  const ModelInfo info = read_model_folder(folder.path()).info;
  EXPECT_EQ(info.shift, 6.0);
  EXPECT_EQ(info.steps, 28);
  EXPECT_EQ(info.guidance_scale, 4.0);
}

TEST(ModelFolder, ReadsTheTinyModel) {
  const ModelFolder model = read_model_folder(zimage_folder() / "tiny/model");
  EXPECT_EQ(model.transformer.dim, 64);
  EXPECT_EQ(model.transformer.axes_dims, (std::array<int, 3>{4, 6, 6}));
  EXPECT_EQ(model.transformer.head_dim(), 16);
  EXPECT_EQ(model.text_encoder.hidden_size, 48);
  EXPECT_EQ(model.text_encoder.head_dim, 16);
  EXPECT_EQ(model.text_encoder.rope_theta, 1e6);
  EXPECT_EQ(model.vae.block_out_channels, (std::vector<int>{16, 32, 32, 32}));
  EXPECT_EQ(model.info.name, "model");
  EXPECT_EQ(model.info.size_unit, 16);
}

TEST(ModelFolder, ReadsTheNewerSpelling) {
  const ModelFolder model = read_model_folder(zimage_folder() / "f32/model");
  EXPECT_EQ(model.text_encoder.rope_theta, 10000.0);
  EXPECT_EQ(model.transformer.norm_eps, 2e-5);
  EXPECT_EQ(model.vae.scale(), 32);
  EXPECT_EQ(model.vae.scaling_factor, 0.47);
  EXPECT_TRUE(model.vae.use_quant_conv);
  EXPECT_TRUE(model.vae.use_post_quant_conv);
  EXPECT_EQ(model.info.size_unit, 64);
  EXPECT_EQ(model.info.shift, 6.0);
  EXPECT_EQ(model.info.steps, 28);
}

TEST(ModelFolder, ReadsTheStarterModel) {
  const std::filesystem::path root = test::starter_model();
  const ModelInfo info = read_model_folder(root).info;
  const json defaults = read_json(root / "generation_defaults.json");
  EXPECT_TRUE(info.is_starter);
  EXPECT_EQ(info.name, "starter-model");
  EXPECT_EQ(info.steps, defaults.at("num_inference_steps").get<int>());
  EXPECT_EQ(info.guidance_scale, defaults.at("guidance_scale").get<double>());
  EXPECT_EQ(info.size_unit, 64);
}

TEST(ModelFolder, TakesTheRecommendationOfGenerationDefaults) {
  const TemporaryFolder folder;
  write_files(folder, turbo_files());
  folder.write("generation_defaults.json",
               R"({"num_inference_steps":12,"guidance_scale":2.5,"negative_prompt":"模糊",
                   "refine_strength":0.2})");
  ModelInfo info = read_model_folder(folder.path()).info;
  EXPECT_EQ(info.steps, 12);
  EXPECT_EQ(info.guidance_scale, 2.5);
  EXPECT_EQ(info.negative_prompt, "模糊");
  EXPECT_EQ(info.refine_strength, 0.2);
  folder.write("generation_defaults.json", R"({"guidance_scale":1,"negative_prompt":null})");
  info = read_model_folder(folder.path()).info;
  EXPECT_EQ(info.steps, 8);
  EXPECT_EQ(info.guidance_scale, 1.0);
  EXPECT_EQ(info.negative_prompt, "");
  EXPECT_EQ(info.refine_strength, 0.35);
}

TEST(ModelFolder, NamesAModelOfTheHuggingFaceCacheByItsRepository) {
  const TemporaryFolder folder;
  const auto name_of = [&](const std::string& below) {
    write_files(folder, turbo_files(), below + "/");
    return read_model_folder(folder / below).info.name;
  };
  EXPECT_EQ(name_of("hub/models--Tongyi-MAI--Z-Image-Turbo/snapshots/0123abc"), "Z-Image-Turbo");
  EXPECT_EQ(name_of("hub/models--alone/snapshots/0123abc"), "alone");
  EXPECT_EQ(name_of("hub/models--Tongyi-MAI--Z-Image-Turbo/copies/0123abc"), "0123abc");
  EXPECT_EQ(name_of("other/snapshots/0123abc"), "0123abc");
  EXPECT_EQ(name_of("图像"), "图像");
  EXPECT_EQ(name_of("bad\xFFname"), "bad?name");
  EXPECT_EQ(name_of("with/slash/"), "slash");

  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder / "with/slash");
  const std::string here = read_model_folder(".").info.name;
  std::filesystem::current_path(before);
  EXPECT_EQ(here, "slash");
}

TEST(ModelFolder, ReadsTheRotaryBaseInEverySpelling) {
  const auto theta = [](std::vector<Change> changes) {
    changes.insert(changes.begin(), Change{kText, "rope_theta", absent()});
    return read_with(changes).text_encoder.rope_theta;
  };
  EXPECT_EQ(theta({}), 10000.0);
  EXPECT_EQ(theta({{kText, "rope_theta", nullptr}}), 10000.0);
  EXPECT_EQ(theta({{kText, "rope_theta", 5000000}}), 5e6);
  EXPECT_EQ(theta({{kText, "rope_parameters", {{"rope_theta", 7.5}, {"rope_type", "default"}}}}),
            7.5);
  EXPECT_EQ(theta({{kText, "rope_parameters", {{"rope_theta", 20}}}}), 20.0);
  EXPECT_EQ(theta({{kText, "rope_parameters", {{"rope_type", "default"}}}}), 10000.0);
  EXPECT_EQ(
      theta({{kText, "rope_parameters", {{"rope_type", "default"}}}, {kText, "rope_theta", 30}}),
      30.0);
  EXPECT_EQ(theta({{kText, "rope_parameters", {{"rope_theta", 40}}}, {kText, "rope_theta", 30}}),
            40.0);
  EXPECT_EQ(theta({{kText, "rope_scaling", {{"rope_type", "default"}}}}), 10000.0);
}

TEST(ModelFolder, GivesAbsentKeysTheReferencesDefaults) {
  EXPECT_EQ(read_with({{kText, "head_dim", absent()}}).text_encoder.head_dim, 128);
  EXPECT_EQ(read_with({{kText, "head_dim", nullptr}}).text_encoder.head_dim, 128);
  EXPECT_EQ(read_with({{kTransformer, "rope_theta", absent()}}).transformer.rope_theta, 256.0);
  EXPECT_EQ(read_with({{kTransformer, "t_scale", absent()}}).transformer.t_scale, 1000.0);
  EXPECT_TRUE(read_with({{kVae, "use_quant_conv", absent()}}).vae.use_quant_conv);
  EXPECT_TRUE(read_with({{kVae, "use_post_quant_conv", absent()}}).vae.use_post_quant_conv);
  EXPECT_EQ(read_with({{kVae, "shift_factor", nullptr}}).vae.shift_factor, 0.0);
  EXPECT_EQ(read_with({{kScheduler, "shift", absent()}}).scheduler.shift, 1.0);
}

TEST(ModelFolder, AcceptsWhatMakesNoDifference) {
  EXPECT_NO_THROW(read_with({{kText, "tie_word_embeddings", false}}));
  EXPECT_NO_THROW(read_with({{kText, "architectures", json::array({"Qwen3Model"})}}));
  EXPECT_NO_THROW(read_with({{kText, "layer_types", json(36, json("full_attention"))}}));
  EXPECT_NO_THROW(read_with({{kText, "an_unknown_key", {{"deep", {1, 2, 3}}}}}));
  EXPECT_NO_THROW(read_with({{kIndex, "text_encoder", {"transformers", "Qwen3ForCausalLM"}}}));
  EXPECT_NO_THROW(read_with({{kIndex, "tokenizer", {"transformers", "Qwen2TokenizerFast"}}}));
  EXPECT_NO_THROW(read_with({{kTransformer, "siglip_feat_dim", nullptr}}));
  EXPECT_FALSE(read_with({{kVae, "mid_block_add_attention", false}}).vae.mid_block_add_attention);
}

}  // namespace
}  // namespace headroom
