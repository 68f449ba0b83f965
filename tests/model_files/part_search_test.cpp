// Parts that are found where other programs put them: made-up trees of links to the fixtures.
#include "headroom/model_files/model_folder.h"
#include "headroom/model_files/open_model.h"

#include "weights/quant_test_support.h"

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::quant_folder;
using test::TemporaryFolder;
using test::zimage_folder;

class PartSearch : public ::testing::Test {
 protected:
  static fs::path models() { return quant_folder() / "models"; }
  // A link at `place` below the folder to that file or folder of the fixtures.
  void put(const std::string& place, const fs::path& what) const {
    fs::create_directories((folder_ / place).parent_path());
    fs::create_symlink(what, folder_ / place);
  }
  void put_tokenizer(const std::string& place) const { put(place, models() / "model/tokenizer"); }
  [[nodiscard]] ModelFolder open(const std::string& model, bool with_cache = false) const {
    return open_model({model, {}, {}, {}, with_cache ? folder_ / "hub" : fs::path()});
  }
  [[nodiscard]] ModelFolder open_here(const std::string& place, bool with_cache = false) const {
    return open((folder_ / place).string(), with_cache);
  }
  // A repository as Hugging Face's tools lay it out: blobs, and links to them by name.
  void put_repository(const std::string& name, const std::string& hash,
                      const std::vector<std::string>& parts) const {
    const std::string root = "hub/" + name;
    for (const std::string& part : parts) {
      for (const auto& entry : fs::recursive_directory_iterator(models() / "model" / part)) {
        if (!entry.is_regular_file()) continue;
        const fs::path relative = fs::relative(entry.path(), models() / "model");
        std::string blob = relative.string();
        for (char& c : blob) c = c == '/' ? '_' : c;
        put(root + "/blobs/" + blob, entry.path());
        put(root + "/snapshots/" + hash + "/" + relative.string(),
            folder_ / (root + "/blobs/" + blob));
      }
    }
  }

  TemporaryFolder folder_;
};

const std::vector<std::string> kAll{"transformer", "text_encoder", "vae", "tokenizer", "scheduler"};

TEST_F(PartSearch, FindsThemInAComfyUiTree) {
  put("ComfyUI/models/diffusion_models/z_image_turbo_nvfp4.safetensors",
      models() / "comfy/z_image_nvfp4.safetensors");
  put("ComfyUI/models/text_encoders/qwen_3_4b_fp8.safetensors",
      models() / "comfy/qwen_3_4b_fp8_e4m3.safetensors");
  put("ComfyUI/models/vae/ae.safetensors", models() / "single/ae.safetensors");
  put_tokenizer("ComfyUI/models/tokenizer");
  // What else people have there.
  put("ComfyUI/models/text_encoders/other_width.gguf",
      zimage_folder() / "tiny/gguf/text_encoder.gguf");
  put("ComfyUI/models/text_encoders/llama.gguf", quant_folder() / "foreign/gguf_llama.gguf");
  put("ComfyUI/models/vae/taef1.safetensors", quant_folder() / "foreign/taef1.safetensors");
  put("ComfyUI/models/vae/put_vae_here", models() / "model/model_index.json");
  const std::string file = "ComfyUI/models/diffusion_models/z_image_turbo_nvfp4.safetensors";
  const ModelFolder model = open_here(file);
  EXPECT_EQ(model.parts.text_encoder,
            folder_ / "ComfyUI/models/text_encoders/qwen_3_4b_fp8.safetensors");
  EXPECT_EQ(model.parts.vae, folder_ / "ComfyUI/models/vae/ae.safetensors");
  EXPECT_EQ(model.parts.tokenizer, folder_ / "ComfyUI/models/tokenizer");
  EXPECT_EQ(model.notes.size(), 3U);  // one for each that was found
  // The program's folder, or that of its models, with one transformer in it.
  EXPECT_EQ(open_here("ComfyUI").parts.transformer, model.parts.transformer);
  EXPECT_EQ(open_here("ComfyUI/models").parts.transformer, model.parts.transformer);
  EXPECT_EQ(open_here("ComfyUI/models/diffusion_models").parts.transformer,
            model.parts.transformer);
}

TEST_F(PartSearch, TakesOfSeveralTheMostPreciseAndLooksIntoOldNamesAndFolders) {
  put("models/unet/gguf/turbo/z.gguf", models() / "gguf/z_image-Q4_K_M.gguf");
  put("models/clip/small/qwen3.gguf", models() / "gguf/qwen3-Q4_K_M.gguf");
  put("models/clip/qwen3-bf16.safetensors", models() / "single/qwen_3_4b.safetensors");
  put("models/text_encoders/qwen3-fp8.safetensors",
      models() / "comfy/qwen_3_4b_fp8_e4m3.safetensors");
  put("models/vae/flux/ae.safetensors", models() / "single/ae.safetensors");
  put_tokenizer("models/unet/gguf/turbo/tokenizer");
  const ModelFolder model = open_here("models/unet/gguf/turbo/z.gguf");
  EXPECT_EQ(model.parts.text_encoder, folder_ / "models/clip/qwen3-bf16.safetensors");
  EXPECT_EQ(model.parts.vae, folder_ / "models/vae/flux/ae.safetensors");
}

TEST_F(PartSearch, FindsThemInAForgeTreeAndBesideTheFile) {
  put("webui/models/Stable-diffusion/turbo.safetensors", models() / "single/z_image.safetensors");
  put("webui/models/text_encoder/q.safetensors", models() / "single/qwen_3_4b.safetensors");
  put("webui/models/VAE/ae.safetensors", models() / "single/ae.safetensors");
  put_tokenizer("webui/models/Stable-diffusion/tokenizer");
  EXPECT_EQ(open_here("webui/models/Stable-diffusion/turbo.safetensors").parts.vae,
            folder_ / "webui/models/VAE/ae.safetensors");
  put("flat/turbo.gguf", models() / "gguf/z_image-Q8_0.gguf");
  put("flat/qwen.gguf", models() / "gguf/qwen3-Q8_0.gguf");
  put("flat/ae.safetensors", models() / "single/ae.safetensors");
  put("flat/tokenizer.json", models() / "model/tokenizer/tokenizer.json");
  const ModelFolder flat = open_here("flat/turbo.gguf");
  EXPECT_EQ(flat.parts.text_encoder, folder_ / "flat/qwen.gguf");
  EXPECT_EQ(flat.parts.tokenizer, folder_ / "flat");
}

TEST_F(PartSearch, FindsThemInTheModelsFolderAroundTheFile) {
  fs::copy(models() / "model", folder_ / "model", fs::copy_options::recursive);
  put("model/transformer/q4.gguf", models() / "gguf/z_image-Q4_K_M.gguf");
  const ModelFolder model = open_here("model/transformer/q4.gguf");
  EXPECT_EQ(model.parts.transformer, folder_ / "model/transformer/q4.gguf");
  EXPECT_EQ(model.parts.text_encoder, folder_ / "model/text_encoder");
  EXPECT_EQ(model.parts.tokenizer, folder_ / "model/tokenizer");
}

TEST_F(PartSearch, SeveralTransformersAreNamed) {
  put("models/diffusion_models/one.gguf", models() / "gguf/z_image-Q4_K_M.gguf");
  put("models/unet/two.gguf", models() / "gguf/z_image-Q8_0.gguf");
  expect_error(ErrorKind::kModelFile, {"2 transformers", "one.gguf", "two.gguf", "by its path"},
               [&] { static_cast<void>(open_here("models")); });
}

TEST_F(PartSearch, OpensRepositoriesOfTheHuggingFaceCache) {
  put_repository("models--Tongyi-MAI--Z-Image-Turbo", "abc123", kAll);
  const std::string root = "hub/models--Tongyi-MAI--Z-Image-Turbo";
  put(root + "/snapshots/abc123/model_index.json", models() / "model/model_index.json");
  fs::create_directories(folder_ / (root + "/snapshots/old"));
  folder_.write(root + "/refs/main", "abc123\n");
  const fs::path snapshot = folder_ / (root + "/snapshots/abc123");
  for (const ModelFolder& model : {open("Tongyi-MAI/Z-Image-Turbo", true), open_here(root)}) {
    EXPECT_EQ(model.root, snapshot);
    EXPECT_EQ(model.info.name, "Z-Image-Turbo");
    EXPECT_EQ(model.parts.vae, snapshot / "vae");
    EXPECT_FALSE(model.layer_file_bytes.empty());
  }
  // Without a ref there is but one that holds anything.
  fs::remove(folder_ / (root + "/refs/main"));
  fs::remove(folder_ / (root + "/snapshots/old"));
  EXPECT_EQ(open("Tongyi-MAI/Z-Image-Turbo", true).root, snapshot);
  // A ref must not lead out of the cache.
  folder_.write(root + "/refs/main", "../../../..");
  EXPECT_EQ(open("Tongyi-MAI/Z-Image-Turbo", true).root, snapshot);
}

TEST_F(PartSearch, ARepositoryThatIsNotThereIsSaidWithTheWayToGetIt) {
  expect_error(
      ErrorKind::kModelFile,
      {"Tongyi-MAI/Z-Image", "no repository of that name", "hf download Tongyi-MAI/Z-Image"},
      [&] { static_cast<void>(open("Tongyi-MAI/Z-Image", true)); });
  expect_error(ErrorKind::kModelFile, {"no such folder"},
               [&] { static_cast<void>(open("no-such-model", true)); });
}

TEST_F(PartSearch, FillsUpASingleFileFromTheHuggingFaceCache) {
  put("downloads/turbo-Q4.gguf", models() / "gguf/z_image-Q4_K_M.gguf");
  put_repository("models--Tongyi-MAI--Z-Image-Turbo", "abc123",
                 {"text_encoder", "vae", "tokenizer"});
  const fs::path snapshot = folder_ / "hub/models--Tongyi-MAI--Z-Image-Turbo/snapshots/abc123";
  const ModelFolder model = open_here("downloads/turbo-Q4.gguf", true);
  EXPECT_EQ(model.parts.text_encoder, snapshot / "text_encoder");
  EXPECT_EQ(model.parts.vae, snapshot / "vae");
  EXPECT_EQ(model.parts.tokenizer, snapshot / "tokenizer");
}

// Repositories in ComfyUI's layout, as Comfy-Org has them.
TEST_F(PartSearch, OpensARepositoryOfSplitFiles) {
  const std::string root = "hub/models--Comfy-Org--z_image_turbo/snapshots/1/split_files/";
  put(root + "diffusion_models/z_image_turbo_bf16.safetensors",
      models() / "single/z_image.safetensors");
  put(root + "text_encoders/qwen_3_4b.safetensors", models() / "single/qwen_3_4b.safetensors");
  put(root + "vae/ae.safetensors", models() / "single/ae.safetensors");
  put_repository("models--Tongyi-MAI--Z-Image-Turbo", "a", {"tokenizer"});
  const ModelFolder model = open("Comfy-Org/z_image_turbo", true);
  EXPECT_EQ(model.parts.transformer,
            folder_ / (root + "diffusion_models/z_image_turbo_bf16.safetensors"));
  EXPECT_EQ(model.parts.vae, folder_ / (root + "vae/ae.safetensors"));
  EXPECT_EQ(model.info.name, "z_image_turbo_bf16");
}

// What would be the part, but is damaged, is not passed over in silence.
TEST_F(PartSearch, ADamagedPartIsSaid) {
  put("flat/turbo.gguf", models() / "gguf/z_image-Q8_0.gguf");
  put("flat/ae.safetensors", models() / "single/ae.safetensors");
  put_tokenizer("flat/tokenizer");
  const std::string text = "model.layers.0.self_attn.q_norm.weight";
  const std::vector<std::byte> bytes(2, std::byte{1});
  write_tensor_file(folder_ / "flat/qwen.safetensors",
                    std::vector<NamedTensor>{{text, DType::kU8, {2}, bytes}});
  expect_error(ErrorKind::kModelFile, {"flat/qwen.safetensors", "q_norm", "U8"},
               [&] { static_cast<void>(open_here("flat/turbo.gguf")); });
}

}  // namespace
}  // namespace headroom
