#include "headroom/model_files/model_folder.h"

#include "model_files/model_folder_test_support.h"

#include <limits>
#include <vector>

#include <sys/stat.h>

namespace headroom {
namespace {

using namespace test;

TEST(ModelFolder, RefusesWhatIsNotSupportedAndNamesTheKey) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  const json too_many = json::array({8, 8, 8, 8, 8, 8, 8, 8, 8});
  const std::vector<Change> changes{
      {kIndex, "_class_name", "ZImageOmniPipeline"},
      {kIndex, "_class_name", absent()},
      {kIndex, "_class_name", 7},
      {kIndex, "scheduler", {"diffusers", "EulerDiscreteScheduler"}},
      {kIndex, "text_encoder", {"transformers", "T5EncoderModel"}},
      {kIndex, "tokenizer", {"transformers", "T5Tokenizer"}},
      {kIndex, "transformer", {"diffusers", "FluxTransformer2DModel"}},
      {kIndex, "vae", {"diffusers", "AutoencoderTiny"}},
      {kIndex, "vae", absent()},
      {kIndex, "vae", nullptr},
      {kIndex, "vae", "AutoencoderKL"},
      {kIndex, "vae", json::array({"AutoencoderKL"})},
      {kIndex, "vae", json::array({"a", "b", "AutoencoderKL"})},
      {kIndex, "vae", {{"class", "AutoencoderKL"}, {"library", "diffusers"}}},

      {kScheduler, "_class_name", "DDIMScheduler"},
      {kScheduler, "use_dynamic_shifting", true},
      {kScheduler, "use_dynamic_shifting", 0},
      {kScheduler, "use_karras_sigmas", true},
      {kScheduler, "use_exponential_sigmas", true},
      {kScheduler, "use_beta_sigmas", true},
      {kScheduler, "invert_sigmas", true},
      {kScheduler, "stochastic_sampling", true},
      {kScheduler, "shift_terminal", 0.02},
      {kScheduler, "num_train_timesteps", 999},
      {kScheduler, "shift", 0},
      {kScheduler, "shift", -3.0},
      {kScheduler, "shift", 101},
      {kScheduler, "shift", "3"},

      {kTransformer, "_class_name", "Other"},
      {kTransformer, "all_patch_size", json::array({4})},
      {kTransformer, "all_patch_size", json::array({2, 4})},
      {kTransformer, "all_patch_size", 2},
      {kTransformer, "all_patch_size", absent()},
      {kTransformer, "all_f_patch_size", json::array({2})},
      {kTransformer, "qk_norm", false},
      {kTransformer, "siglip_feat_dim", 1152},
      {kTransformer, "in_channels", 0},
      {kTransformer, "in_channels", 1025},
      {kTransformer, "dim", absent()},
      {kTransformer, "dim", nullptr},
      {kTransformer, "dim", "3840"},
      {kTransformer, "dim", true},
      {kTransformer, "dim", 3840.0},
      {kTransformer, "dim", -3840},
      {kTransformer, "dim", 3841},
      {kTransformer, "dim", 65550},
      {kTransformer, "dim", 4294967296 + 3840},
      {kTransformer, "dim", kHuge},
      {kTransformer, "dim", std::numeric_limits<std::uint64_t>::max()},
      {kTransformer, "n_layers", 0},
      {kTransformer, "n_layers", 1001},
      {kTransformer, "n_refiner_layers", 0},
      {kTransformer, "n_heads", 0},
      {kTransformer, "n_heads", 1025},
      {kTransformer, "n_kv_heads", 15},
      {kTransformer, "norm_eps", 0},
      {kTransformer, "norm_eps", 1},
      {kTransformer, "cap_feat_dim", 0},
      {kTransformer, "rope_theta", 0.5},
      {kTransformer, "rope_theta", "256"},
      {kTransformer, "t_scale", 0},
      {kTransformer, "t_scale", 1e300},
      {kTransformer, "axes_dims", {32, 48, 50}},
      {kTransformer, "axes_dims", {33, 47, 48}},
      {kTransformer, "axes_dims", {64, 64}},
      {kTransformer, "axes_dims", {32, 32, 32, 32}},
      {kTransformer, "axes_dims", {0, 64, 64}},
      {kTransformer, "axes_dims", {-32, 80, 80}},
      {kTransformer, "axes_dims", json::array()},
      {kTransformer, "axes_dims", 128},
      {kTransformer, "axes_dims", json::array({"32", "48", "48"})},
      {kTransformer, "axes_dims", absent()},

      {kText, "model_type", "qwen2"},
      {kText, "model_type", absent()},
      {kText, "architectures", json::array({"Qwen2ForCausalLM"})},
      {kText, "architectures", json::array()},
      {kText, "architectures", "Qwen3ForCausalLM"},
      {kText, "hidden_act", "gelu"},
      {kText, "attention_bias", true},
      {kText, "use_sliding_window", true},
      {kText, "tie_word_embeddings", 1},
      {kText, "layer_types", json::array({"full_attention", "sliding_attention"})},
      {kText, "layer_types", "full_attention"},
      {kText, "vocab_size", 0},
      {kText, "vocab_size", 4000001},
      {kText, "hidden_size", 65537},
      {kText, "intermediate_size", 262145},
      {kText, "num_hidden_layers", 1},
      {kText, "num_hidden_layers", 1001},
      {kText, "num_attention_heads", 30},
      {kText, "num_attention_heads", 4},
      {kText, "num_key_value_heads", 0},
      {kText, "head_dim", 127},
      {kText, "head_dim", 0},
      {kText, "head_dim", 1026},
      {kText, "rms_norm_eps", -1e-6},
      {kText, "rope_theta", 0},
      {kText, "rope_theta", "1e6"},
      {kText, "rope_theta", 1e13},
      {kText, "rope_parameters", {{"rope_theta", "1"}}},
      {kText, "rope_parameters", {{"rope_type", "yarn"}, {"rope_theta", 10000}}},
      {kText, "rope_parameters", 3},
      {kText, "rope_scaling", {{"type", "linear"}, {"factor", 2}}},
      {kText, "rope_scaling", "linear"},

      {kVae, "_class_name", "AutoencoderKLQwenImage"},
      {kVae, "act_fn", "relu"},
      {kVae, "latents_mean", {0.5, 0.5}},
      {kVae, "latents_std", {0.5, 0.5}},
      {kVae, "in_channels", 4},
      {kVae, "out_channels", 1},
      {kVae, "latent_channels", 0},
      {kVae, "block_out_channels", json::array()},
      {kVae, "block_out_channels", too_many},
      {kVae, "block_out_channels", {128, 256, 512, 500}},
      {kVae, "block_out_channels", {128, 256, 512, 8224}},
      {kVae, "layers_per_block", 0},
      {kVae, "norm_num_groups", 0},
      {kVae, "sample_size", 4},
      {kVae, "sample_size", 65537},
      {kVae, "scaling_factor", 0},
      {kVae, "scaling_factor", absent()},
      {kVae, "scaling_factor", nullptr},
      {kVae, "shift_factor", 1e300},
      {kVae, "use_quant_conv", "no"},
      {kVae, "down_block_types", json(3, json("DownEncoderBlock2D"))},
      {kVae, "down_block_types", json(4, json("AttnDownEncoderBlock2D"))},
      {kVae, "down_block_types", absent()},
      {kVae, "up_block_types", json(4, json("DownEncoderBlock2D"))},
      {kVae, "up_block_types", "UpDecoderBlock2D"},
  };
  for (const Change& change : changes) {
    SCOPED_TRACE(change.file + " " + change.key + " = " +
                 (change.value.is_discarded() ? "absent" : change.value.dump()));
    expect_error(ErrorKind::kModelFile, {change.file + ": " + change.key + " is ", ", but ", "; "},
                 [&] { (void)read_with({change}); });
  }
}

TEST(ModelFolder, SaysWhatWasFoundAndWhatIsSupported) {
  expect_error(ErrorKind::kModelFile,
               {"dim is 70000, but it must be a whole number from 1 to 65536; download"}, [] {
                 (void)read_with({{kTransformer, "dim", 70000}});
               });
  expect_error(ErrorKind::kModelFile, {"vae is missing, but only the class AutoencoderKL"}, [] {
    (void)read_with({{kIndex, "vae", absent()}});
  });
  expect_error(ErrorKind::kModelFile, {"hidden_act is \"gelu\", but only \"silu\" is supported"},
               [] {
                 (void)read_with({{kText, "hidden_act", "gelu"}});
               });
  expect_error(ErrorKind::kModelFile, {"axes_dims is [32,48,50], but", "= 128"}, [] {
    (void)read_with({{kTransformer, "axes_dims", {32, 48, 50}}});
  });
}

TEST(ModelFolder, RefusesPartsOfDifferentModels) {
  expect_error(ErrorKind::kModelFile, {"cap_feat_dim is 2048", "hidden_size is 2560"}, [] {
    (void)read_with({{kTransformer, "cap_feat_dim", 2048}});
  });
  expect_error(ErrorKind::kModelFile, {"in_channels is 4", "latent_channels is 16"}, [] {
    (void)read_with({{kTransformer, "in_channels", 4}});
  });
}

TEST(ModelFolder, RefusesGenerationDefaultsThatCannotBe) {
  const TemporaryFolder folder;
  write_files(folder, turbo_files());
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({"num_inference_steps":0})", "num_inference_steps is 0"},
      {R"({"num_inference_steps":1001})", "num_inference_steps is 1001"},
      {R"({"guidance_scale":101})", "guidance_scale is 101"},
      {R"({"guidance_scale":-1})", "guidance_scale is -1"},
      {R"({"refine_strength":0})", "refine_strength is 0"},
      {R"({"refine_strength":1.1})", "refine_strength is 1.1"},
      {R"({"guidance_scale":"4"})", "guidance_scale is \"4\""},
      {R"({"negative_prompt":3})", "negative_prompt is 3"},
      {R"({"negative_prompt":")" + std::string(65537, 'x') + R"("})", "at most 65536 bytes"},
      {"{", "not valid JSON"},
      {"[1]", "not a JSON object"},
  };
  for (const auto& [text, message] : cases) {
    folder.write("generation_defaults.json", text);
    expect_error(ErrorKind::kModelFile, {"generation_defaults.json: ", message},
                 [&] { (void)read_model_folder(folder.path()); });
  }
}

TEST(ModelFolder, NamesTheFileThatIsMissingOrUnreadable) {
  for (const auto& [name, content] : turbo_files()) {
    SCOPED_TRACE(name);
    const TemporaryFolder folder;
    write_files(folder, turbo_files());
    const std::filesystem::path file = folder / name;
    const auto refuse = [&](const std::vector<std::string>& parts) {
      expect_error(ErrorKind::kModelFile, parts, [&] { (void)read_model_folder(folder.path()); });
    };
    folder.write(name, "");
    refuse({file.string() + ": is not valid JSON"});
    folder.write(name, content.dump() + "}");
    refuse({file.string() + ": is not valid JSON"});
    folder.write(name, "[]");
    refuse({file.string() + ": is not a JSON object"});
    folder.write(name, R"({"_class_name":"A","_class_name":"B"})");
    refuse({file.string() + ": has the key \"_class_name\" twice"});
    folder.write(name, std::string(1024 * 1024 + 1, ' '));
    refuse({file.string() + ": is 1048577 bytes long"});
    folder.write(name, R"({"a":)" + std::string(100'000, '['));
    refuse({file.string() + ": is nested"});
    std::filesystem::remove(file);
    refuse({name, name == kIndex ? "holds no model_index.json" : "missing"});
    std::filesystem::create_directory(file);
    refuse({file.string() + ": is a folder"});
    std::filesystem::remove(file);
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    refuse({file.string() + ": is not a regular file"});
  }
}

TEST(ModelFolder, RefusesAConfigWithoutReadPermission) {
  const TemporaryFolder folder;
  write_files(folder, turbo_files());
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  std::filesystem::permissions(folder / kVae, std::filesystem::perms::none);
  const test::WithoutPrivileges dropped;
  if (!dropped.usable()) GTEST_SKIP() << "root that cannot drop its privileges";
  expect_error(ErrorKind::kModelFile, {kVae, "permissions"},
               [&] { (void)read_model_folder(folder.path()); });
}

TEST(ModelFolder, RefusesWhatIsNotAModelFolder) {
  const TemporaryFolder folder;
  const auto file = folder.write("file", "x");
  std::filesystem::create_directory(folder / "empty");
  const auto refuse = [](const std::filesystem::path& root, const std::string& message) {
    expect_error(ErrorKind::kModelFile, {root.string() + ": " + message, "choose the folder"},
                 [&] { (void)read_model_folder(root); });
  };
  refuse(folder / "missing", "there is no such folder");
  refuse(file, "is not a folder");
  refuse(folder / "empty", "holds no model_index.json");
  refuse("", "there is no such folder");
}

TEST(ModelFolder, OpensNoWeights) {
  const TemporaryFolder folder;
  write_files(folder, turbo_files());  // there are none in it
  EXPECT_NO_THROW((void)read_model_folder(folder.path()));
}

}  // namespace
}  // namespace headroom
