#include "headroom/weights/file_kind.h"

#include "headroom/model_files/open_model.h"
#include "headroom/weights/network_tensors.h"
#include "headroom/weights/stored_tensors.h"

#include "weights/quant_test_support.h"

#include <algorithm>

namespace headroom {
namespace {

using test::quant_folder;
using test::read_json;
using test::TemporaryFolder;
using test::zimage_folder;

namespace fs = std::filesystem;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), ::tolower);
  return text;
}

std::vector<nlohmann::json> foreign_cases() {
  return read_json(quant_folder() / "foreign/manifest.json").at("files");
}

class ForeignFile : public ::testing::TestWithParam<nlohmann::json> {};

// Each in the place of a model; the sentence names what it is.
TEST_P(ForeignFile, IsRefusedByName) {
  const nlohmann::json& entry = GetParam();
  const fs::path path = quant_folder() / "foreign" / entry.at("path").get<std::string>();
  std::string message;
  try {
    if (entry.at("given_as") == "text_encoder") {
      (void)open_model({(quant_folder() / "models/model").string(), path, {}, {}, {}});
    } else {
      (void)open_model({path.string(), {}, {}, {}, {}});
    }
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModelFile);
    message = error.what();
  }
  ASSERT_FALSE(message.empty());
  ASSERT_TRUE(message.starts_with(path.string())) << message;
  message = lower(message.substr(path.string().size()));
  const std::vector<std::string> words = entry.at("words");
  EXPECT_TRUE(std::any_of(
      words.begin(), words.end(),
      [&](const std::string& word) { return message.find(lower(word)) != std::string::npos; }))
      << message << ", expected one of " << ::testing::PrintToString(words);
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(Manifest, ForeignFile, ::testing::ValuesIn(foreign_cases()),
                         [](const auto& test) {
                           std::string name = test.param.at("path");
                           for (char& c : name) {
                             if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
                           }
                           return name;
                         });

FileKind kind_of(const fs::path& path) { return tell_kind(TensorFile(path)); }

TEST(FileKinds, OfTheFixturesAreTold) {
  const fs::path tiny = zimage_folder() / "tiny";
  const fs::path models = quant_folder() / "models";
  for (const auto& [path, kind] : std::map<fs::path, WeightKind>{
           {tiny / "model/transformer/diffusion_pytorch_model.safetensors",
            WeightKind::kTransformer},
           {tiny / "model/text_encoder/model.safetensors", WeightKind::kTextEncoder},
           {tiny / "model/vae/diffusion_pytorch_model.safetensors", WeightKind::kDecoder},
           {tiny / "gguf/transformer.gguf", WeightKind::kTransformer},
           {tiny / "gguf/text_encoder.gguf", WeightKind::kTextEncoder},
           {tiny / "single_file/transformer.safetensors", WeightKind::kTransformer},
           {tiny / "single_file/ae.safetensors", WeightKind::kDecoder},
           {tiny / "hostile/ok_plain.safetensors", WeightKind::kUnknown},
           {models / "comfy/z_image_nvfp4.safetensors", WeightKind::kTransformer},
           {models / "comfy/z_image_mixed.safetensors", WeightKind::kTransformer},
           {models / "comfy/qwen_3_4b_mixed.safetensors", WeightKind::kTextEncoder},
           {models / "gguf/z_image-Q4_K_M.gguf", WeightKind::kTransformer},
           {models / "gguf/qwen3-Q4_K_M.gguf", WeightKind::kTextEncoder}}) {
    EXPECT_EQ(kind_of(path).kind, kind) << path;
  }
  EXPECT_EQ(kind_of(models / "gguf/z_image-Q4_K_M.gguf").prefix, "model.diffusion_model.");
  for (const auto& entry : fs::directory_iterator(tiny / "lora")) {
    if (entry.path().extension() != ".safetensors") continue;
    EXPECT_EQ(kind_of(entry.path()).kind, WeightKind::kLora) << entry.path();
  }
}

FileKind kind_of_names(const std::vector<std::string_view>& names,
                       const std::string& architecture = {}) {
  if (architecture.empty()) return tell_kind(names, {}, Container::kSafetensors);
  return tell_kind(names, {{"general.architecture", architecture}}, Container::kGguf);
}

TEST(FileKinds, FollowTheNames) {
  const std::vector<std::string_view> ours{"cap_embedder.1.weight", "cap_pad_token", "x_pad_token",
                                           "layers.0.attention.qkv.weight"};
  EXPECT_EQ(kind_of_names(ours).what.english(), "a Z-Image transformer, fused names");
  for (const char* const architecture : {"lumina2", "pig", "flux"}) {  // names decide
    EXPECT_EQ(kind_of_names(ours, architecture).kind, WeightKind::kTransformer) << architecture;
  }
  const auto with = [&](std::string_view name) {
    std::vector<std::string_view> names = ours;
    names.push_back(name);
    return kind_of_names(names);
  };
  EXPECT_EQ(with("vae.decoder.conv_in.weight").kind, WeightKind::kAllInOne);
  EXPECT_EQ(with("text_encoders.qwen3_4b.transformer.model.norm.weight").kind,
            WeightKind::kAllInOne);
  EXPECT_EQ(with("layers.0.attention.to_q.lora_down.weight").kind, WeightKind::kLora);
  EXPECT_EQ(with("layers.0.attention.to_q.lora_A.default.weight").kind, WeightKind::kLora);
  EXPECT_EQ(with("layers.0.attention.to_q.lokr_w1").what.english(), "a LoKr (a kind of LoRA)");
  EXPECT_EQ(with("layers.0.attention.to_q.hada_w1_a").what.english(), "a LoHa (a kind of LoRA)");
  EXPECT_EQ(with("control_layers.0.after_proj.weight").kind, WeightKind::kControlNet);
  EXPECT_EQ(with("siglip_embedder.0.weight").kind, WeightKind::kForeign);
  EXPECT_EQ(with("layers.0.attention.out.smooth_factor").kind, WeightKind::kForeign);
  // llama's rows of q and k are in another order, norms or not.
  EXPECT_EQ(kind_of_names({"token_embd.weight", "blk.0.attn_q_norm.weight"}, "llama").kind,
            WeightKind::kForeign);
  EXPECT_EQ(kind_of_names({"something.weight"}, "qwen3").kind, WeightKind::kUnknown);
  EXPECT_EQ(kind_of_names({"model.layers.0.self_attn.q_proj.weight"}).kind, WeightKind::kForeign);
}

TEST(FileKinds, ARightFileInTheWrongFolderIsNamed) {
  const TemporaryFolder folder;
  const fs::path transformer = folder / "transformer";
  fs::create_directory(transformer);
  const fs::path tiny = zimage_folder() / "tiny/model";
  fs::copy_file(tiny / "text_encoder/model.safetensors",
                transformer / "diffusion_pytorch_model.safetensors");
  test::expect_error(ErrorKind::kModelFile,
                     {"is a Qwen3 text encoder", "the transformer is wanted"},
                     [&] { const NetworkTensors tensors(transformer, Network::kTransformer); });
}

TEST(WeightFiles, AreToldByTheirFirstBytes) {
  const TemporaryFolder folder;
  EXPECT_TRUE(is_weight_file(folder.write("a.bin", test::safetensors("{}"))));
  EXPECT_TRUE(is_weight_file(folder.write("b", "GGUF\x03")));
  EXPECT_TRUE(is_weight_file(folder.write("c.safetensors", "hello")));
  EXPECT_FALSE(is_weight_file(folder.write("d.txt", "hello, what is in here?")));
  EXPECT_FALSE(is_weight_file(folder.path()));
}

}  // namespace
}  // namespace headroom
