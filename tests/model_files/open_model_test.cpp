// Models given by their parts: files of every kind in the places that they are given for.
#include "headroom/model_files/open_model.h"

#include "headroom/model_files/model_folder.h"
#include "headroom/weights/network_tensors.h"

#include "weights/quant_test_support.h"

#include <map>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::quant_folder;
using test::read_json;
using test::TemporaryFolder;
using test::zimage_folder;

fs::path models() { return quant_folder() / "models"; }
fs::path tokenizer() { return models() / "model/tokenizer"; }

ModelFolder open(const fs::path& model, const fs::path& text_encoder = {}, const fs::path& vae = {},
                 const fs::path& tokenizer_folder = {}) {
  return open_model({model.string(), text_encoder, vae, tokenizer_folder, {}});
}

void expect_configs_of_the_model(const ModelFolder& model) {
  const ModelFolder whole = open(models() / "model");
  EXPECT_EQ(model.transformer.dim, whole.transformer.dim);
  EXPECT_EQ(model.transformer.in_channels, whole.transformer.in_channels);
  EXPECT_EQ(model.transformer.n_layers, whole.transformer.n_layers);
  EXPECT_EQ(model.transformer.n_refiner_layers, whole.transformer.n_refiner_layers);
  EXPECT_EQ(model.transformer.n_heads, whole.transformer.n_heads);
  EXPECT_EQ(model.transformer.cap_feat_dim, whole.transformer.cap_feat_dim);
  EXPECT_EQ(model.transformer.axes_dims, whole.transformer.axes_dims);
  EXPECT_EQ(model.transformer.rope_theta, whole.transformer.rope_theta);
  EXPECT_EQ(model.transformer.norm_eps, whole.transformer.norm_eps);
  EXPECT_EQ(model.transformer.ffn_dim(), 512);
  EXPECT_EQ(model.text_encoder.vocab_size, whole.text_encoder.vocab_size);
  EXPECT_EQ(model.text_encoder.hidden_size, whole.text_encoder.hidden_size);
  EXPECT_EQ(model.text_encoder.intermediate_size, whole.text_encoder.intermediate_size);
  EXPECT_EQ(model.text_encoder.num_hidden_layers, whole.text_encoder.num_hidden_layers);
  EXPECT_EQ(model.text_encoder.num_attention_heads, whole.text_encoder.num_attention_heads);
  EXPECT_EQ(model.text_encoder.num_key_value_heads, whole.text_encoder.num_key_value_heads);
  EXPECT_EQ(model.text_encoder.head_dim, whole.text_encoder.head_dim);
  EXPECT_EQ(model.text_encoder.rope_theta, whole.text_encoder.rope_theta);
  EXPECT_EQ(model.text_encoder.rms_norm_eps, whole.text_encoder.rms_norm_eps);
  EXPECT_EQ(model.vae.block_out_channels, whole.vae.block_out_channels);
  EXPECT_EQ(model.vae.latent_channels, whole.vae.latent_channels);
  EXPECT_EQ(model.vae.layers_per_block, whole.vae.layers_per_block);
  EXPECT_EQ(model.vae.norm_num_groups, whole.vae.norm_num_groups);
  EXPECT_EQ(model.vae.scaling_factor, whole.vae.scaling_factor);
  EXPECT_EQ(model.vae.shift_factor, whole.vae.shift_factor);
  EXPECT_EQ(model.vae.use_post_quant_conv, whole.vae.use_post_quant_conv);
  EXPECT_EQ(model.vae.mid_block_add_attention, whole.vae.mid_block_add_attention);
  EXPECT_EQ(model.info.size_unit, whole.info.size_unit);
}

TEST(OpenModel, NamesThePartsFolderThatIsNotThere) {
  for (const char* const part : {"transformer", "text_encoder", "vae"}) {
    for (const bool dangles : {false, true}) {
      const TemporaryFolder folder;
      fs::copy(models() / "model", folder / "model", fs::copy_options::recursive);
      fs::remove_all(folder / "model" / part);
      if (dangles) fs::create_symlink("nowhere", folder / "model" / part);
      const std::string config = (folder / "model" / part / "config.json").string();
      expect_error(ErrorKind::kModelFile, {config + ": the file is missing", "download"},
                   [&] { (void)open(folder / "model"); });
    }
  }
}

TEST(OpenModel, DerivesTheConfigsOfSingleFilesFromTheirShapes) {
  expect_configs_of_the_model(open(models() / "single/aio.safetensors", {}, {}, tokenizer()));
  for (const char* const transformer :
       {"single/z_image.safetensors", "comfy/z_image_nvfp4.safetensors",
        "gguf/z_image-Q5_0.gguf"}) {
    for (const char* const text : {"single/qwen_3_4b.safetensors",
                                   "comfy/qwen_3_4b_nvfp4.safetensors", "gguf/qwen3-Q4_K_M.gguf"}) {
      SCOPED_TRACE(std::string(transformer) + ", " + text);
      expect_configs_of_the_model(open(models() / transformer, models() / text,
                                       models() / "single/ae.safetensors", tokenizer()));
    }
  }
}

TEST(OpenModel, NamesAndPlacesAreTheFiles) {
  const fs::path file = models() / "gguf/z_image-Q8_0.gguf";
  const ModelFolder model =
      open(file, models() / "gguf/qwen3-Q8_0.gguf", models() / "single/ae.safetensors",
           tokenizer() / "tokenizer.json");
  EXPECT_EQ(model.info.name, "z_image-Q8_0");
  EXPECT_EQ(model.info.path, file.string());
  EXPECT_EQ(model.parts.transformer, file);
  EXPECT_EQ(model.parts.text_encoder, models() / "gguf/qwen3-Q8_0.gguf");
  EXPECT_EQ(model.parts.tokenizer, tokenizer());
  const NetworkTensors tensors(file, Network::kTransformer);
  EXPECT_EQ(model.layer_file_bytes, (std::vector<std::int64_t>{tensors.stored_bytes("layers.0."),
                                                               tensors.stored_bytes("layers.1.")}));
}

// The weights' width wins over a config's, and a GGUF file's keys over the config beside it.
TEST(OpenModel, TakesFromTheWeightsWhatTheyKnowBetter) {
  const ModelFolder folder = open(models() / "model");
  EXPECT_EQ(folder.transformer.ffn_dim(), 512);
  EXPECT_EQ(read_model_folder(models() / "model").transformer.ffn_dim(), 682);
  const TemporaryFolder copy;
  fs::copy(zimage_folder() / "tiny/model", copy / "model", fs::copy_options::recursive);
  const fs::path config = copy / "model/text_encoder/config.json";
  nlohmann::json json = read_json(config);
  json["rope_theta"] = 5e6;
  json["rms_norm_eps"] = 1e-3;
  copy.write("model/text_encoder/config.json", json.dump());
  EXPECT_EQ(open(copy / "model").text_encoder.rope_theta, 5e6);
  fs::remove(copy / "model/text_encoder/model.safetensors");
  fs::copy(zimage_folder() / "tiny/gguf/text_encoder.gguf", copy / "model/text_encoder/any.gguf");
  const ModelFolder gguf = open(copy / "model");
  EXPECT_EQ(gguf.text_encoder.rope_theta, 1e6);
  EXPECT_NEAR(gguf.text_encoder.rms_norm_eps, 1e-6, 1e-12);
}

// Folders of a whole model whose networks are in files of other layouts.
TEST(OpenModel, TakesAnyFileInAModelsFolder) {
  const TemporaryFolder folder;
  const fs::path model = folder / "model";
  fs::copy(models() / "model", model, fs::copy_options::recursive);
  fs::remove(model / "transformer/diffusion_pytorch_model.safetensors");
  fs::copy(models() / "gguf/z_image-Q4_K_M.gguf", model / "transformer/q4.gguf");
  fs::remove(model / "text_encoder/model.safetensors");
  fs::copy(models() / "comfy/qwen_3_4b_mixed.safetensors",
           model / "text_encoder/mixed.safetensors");
  fs::remove(model / "vae/diffusion_pytorch_model.safetensors");
  fs::copy(models() / "single/ae.safetensors", model / "vae/ae.safetensors");
  expect_configs_of_the_model(open(model));
  for (const char* const part : {"transformer", "text_encoder", "vae"}) {
    fs::remove(model / part / "config.json");
    expect_configs_of_the_model(open(model));
  }
}

TEST(OpenModel, TakesTheConfigThatIsBesideAFile) {
  const fs::path tiny = zimage_folder() / "tiny/model";
  const ModelFolder model =
      open(tiny / "transformer/diffusion_pytorch_model.safetensors",
           tiny / "text_encoder/model.safetensors",
           tiny / "vae/diffusion_pytorch_model.safetensors", tiny / "tokenizer");
  EXPECT_EQ(model.vae.norm_num_groups, 8);  // shapes do not say it
  EXPECT_EQ(model.scheduler.shift, open(tiny).scheduler.shift);
}

TEST(OpenModel, StepsAndGuidanceFollowTheName) {
  const TemporaryFolder folder;
  const auto info = [&](const char* name) {
    fs::copy_file(models() / "gguf/z_image-Q5_0.gguf", folder / name);
    return open(folder / name, models() / "single/qwen_3_4b.safetensors",
                models() / "single/ae.safetensors", tokenizer());
  };
  const ModelFolder turbo = info("Z-Image-Turbo-Q5_0.gguf");
  EXPECT_EQ(turbo.info.steps, 8);
  EXPECT_EQ(turbo.info.guidance_scale, 0);
  EXPECT_EQ(turbo.scheduler.shift, 3);
  EXPECT_TRUE(turbo.notes.empty());
  const ModelFolder base = info("z_image_base.gguf");
  EXPECT_EQ(base.info.steps, 28);
  EXPECT_EQ(base.info.guidance_scale, 4);
  EXPECT_EQ(base.scheduler.shift, 6);
  const ModelFolder neither = info("mine.gguf");
  EXPECT_EQ(neither.scheduler.shift, 3);
  ASSERT_EQ(neither.notes.size(), 1U);
  EXPECT_NE(neither.notes[0].english().find("mine.gguf"), std::string::npos);
}

void refuse(const ModelPlaces& places, const std::vector<std::string>& words) {
  expect_error(ErrorKind::kModelFile, words, [&] { static_cast<void>(open_model(places)); });
}

TEST(OpenModel, SaysInOneSentenceWhatIsMissingAndHowToGetIt) {
  const TemporaryFolder folder;
  fs::copy_file(models() / "gguf/z_image-Q5_0.gguf", folder / "turbo.gguf");
  const std::string file = (folder / "turbo.gguf").string();
  refuse({file, {}, {}, {}, {}},
         {"turbo.gguf", "the text encoder, the VAE, the tokenizer", "--text-encoder FILE",
          "--vae FILE", "--tokenizer FOLDER", "hf download", "'tokenizer/*'"});
  const fs::path text = models() / "single/qwen_3_4b.safetensors";
  refuse({file, text, models() / "single/ae.safetensors", {}, {}},
         {"turbo.gguf", ": the tokenizer;", "--tokenizer FOLDER", "--include 'tokenizer/*'"});
  refuse({(models() / "single/aio.safetensors").string(), {}, {}, {}, {}}, {"the tokenizer;"});
}

TEST(OpenModel, NamesARightFileInTheWrongPlace) {
  const std::string file = (models() / "single/z_image.safetensors").string();
  const fs::path text = models() / "single/qwen_3_4b.safetensors";
  const fs::path vae = models() / "single/ae.safetensors";
  refuse({text.string(), {}, {}, {}, {}}, {"a Qwen3 text encoder", "--text-encoder", "--model"});
  refuse({vae.string(), {}, {}, {}, {}}, {"a VAE", "--vae", "--model"});
  refuse({file, vae, text, tokenizer(), {}}, {"ae.safetensors", "a VAE", "text encoder is wanted"});
  refuse({file, text, file, tokenizer(), {}},
         {"z_image", "a Z-Image transformer", "VAE is wanted"});
  refuse({file, text, quant_folder() / "foreign/taef1.safetensors", tokenizer(), {}},
         {"taef1", "TAEF1", "VAE is wanted"});
  refuse({(quant_folder() / "foreign/lora.safetensors").string(), text, vae, tokenizer(), {}},
         {"a LoRA", "adds to a model"});
  // A model's folder holds one of each.
  EXPECT_EQ(open(file, models() / "model", models() / "model", models() / "model").parts.tokenizer,
            tokenizer());
}

TEST(OpenModel, RefusesPlacesThatAreNone) {
  const std::string file = (models() / "single/z_image.safetensors").string();
  const fs::path text = models() / "single/qwen_3_4b.safetensors";
  const fs::path vae = models() / "single/ae.safetensors";
  refuse({file, "nowhere.gguf", vae, tokenizer(), {}}, {"nowhere.gguf", "no such file"});
  refuse({file, text, "nowhere", tokenizer(), {}}, {"nowhere", "no such file"});
  refuse({file, text, vae, models() / "single", {}}, {"single", "is no tokenizer"});
  refuse({file, text, vae, tokenizer() / "vocab.json", {}}, {"vocab.json", "is no tokenizer"});
  refuse({"nowhere.gguf", {}, {}, {}, {}}, {"nowhere.gguf", "no such"});
}

// Files that together are no model: a text encoder of another width, as Qwen3-8B's is.
TEST(OpenModel, RefusesPartsOfDifferentModels) {
  refuse({(models() / "single/z_image.safetensors").string(),
          zimage_folder() / "tiny/gguf/text_encoder.gguf",
          models() / "single/ae.safetensors",
          tokenizer(),
          {}},
         {"text_encoder.gguf", "cap_feat_dim is 256", "hidden_size is 48"});
}

}  // namespace
}  // namespace headroom
