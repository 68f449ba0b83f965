// Models in made-up homes of several programs: trees of links to the fixtures.
#include "headroom/model_files/find_models.h"

#include "headroom/model_files/open_model.h"

#include "weights/quant_test_support.h"

#include <fstream>

#include <gmock/gmock.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::quant_folder;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FindModels : public ::testing::Test {
 protected:
  static fs::path models() { return quant_folder() / "models"; }
  void put(const std::string& place, const fs::path& what) const {
    fs::create_directories((folder_ / place).parent_path());
    fs::create_symlink(what, folder_ / place);
  }
  [[nodiscard]] std::string at(const std::string& place) const {
    return (folder_ / place).string();
  }
  [[nodiscard]] std::vector<FoundModel> find(const std::vector<std::string>& folders,
                                             const std::vector<std::string>& programs = {},
                                             const std::string& hub = {}) const {
    ModelPlaces where;
    if (!hub.empty()) where.hub_cache = folder_ / hub;
    for (const std::string& program : programs) where.shelves.add(shelves_below(folder_ / program));
    std::vector<fs::path> places;
    for (const std::string& folder : folders) places.push_back(folder_ / folder);
    return find_models(places, where);
  }
  static std::vector<std::string> names(const std::vector<FoundModel>& found) {
    std::vector<std::string> all;
    for (const FoundModel& model : found) all.push_back(model.name);
    return all;
  }

  TemporaryFolder folder_;
};

TEST_F(FindModels, InFoldersOfModels) {
  put("models/Turbo", models() / "model");
  put("models/other/model_index.json", quant_folder() / "models/model/tokenizer/tokenizer.json");
  put("models/notes/readme.safetensors", quant_folder() / "foreign/taef1.safetensors");
  const auto found = find({"models", "models/Turbo", "nothing"});
  ASSERT_THAT(names(found), ElementsAre(at("models/Turbo")));  // once
  EXPECT_TRUE(found[0].opened) << found[0].problem.english();
  EXPECT_FALSE(found[0].formats.empty());
  std::uintmax_t bytes = 0;
  for (const char* const part : {"transformer", "text_encoder", "vae"}) {
    for (const auto& entry : fs::directory_iterator(models() / "model" / part)) {
      if (entry.path().extension() == ".safetensors") bytes += entry.file_size();
    }
  }
  EXPECT_EQ(found[0].file_bytes, static_cast<std::int64_t>(bytes));
}

// Each transformer of a program's shelves is a model; its other parts may be on another program's.
TEST_F(FindModels, OnTheShelvesOfSeveralPrograms) {
  put("ComfyUI/models/diffusion_models/deep/er/z.safetensors",
      models() / "single/z_image.safetensors");
  put("ComfyUI/models/unet/z.gguf", models() / "gguf/z_image-Q8_0.gguf");
  put("ComfyUI/models/diffusion_models/taef1.safetensors",
      quant_folder() / "foreign/taef1.safetensors");
  put("ComfyUI/models/tokenizer", models() / "model/tokenizer");
  put("forge/models/Stable-diffusion/all.safetensors", models() / "single/aio_fp8.safetensors");
  put("forge/models/text_encoder/qwen.safetensors", models() / "single/qwen_3_4b.safetensors");
  put("forge/models/VAE/ae.safetensors", models() / "single/ae.safetensors");
  const auto found = find({}, {"ComfyUI", "forge"});
  ASSERT_THAT(names(found), ElementsAre(at("ComfyUI/models/diffusion_models/deep/er/z.safetensors"),
                                        at("ComfyUI/models/unet/z.gguf"),
                                        at("forge/models/Stable-diffusion/all.safetensors")));
  ASSERT_TRUE(found[1].opened) << found[1].problem.english();
  EXPECT_EQ(found[1].opened->parts.text_encoder,
            folder_ / "forge/models/text_encoder/qwen.safetensors");
  EXPECT_EQ(found[1].opened->parts.vae, folder_ / "forge/models/VAE/ae.safetensors");
  EXPECT_TRUE(found[1].formats.contains("Q8_0"));
  std::uintmax_t bytes = 0;
  for (const char* const part :
       {"gguf/z_image-Q8_0.gguf", "single/qwen_3_4b.safetensors", "single/ae.safetensors"})
    bytes += fs::file_size(models() / part);
  EXPECT_EQ(found[1].file_bytes, static_cast<std::int64_t>(bytes));
  // A checkpoint of all networks has no tokenizer, and Forge no folder for one.
  EXPECT_FALSE(found[2].opened);
  EXPECT_THAT(found[2].problem.english(), HasSubstr("the tokenizer; give it with --tokenizer"));
  EXPECT_THAT(found[2].missing, ElementsAre("tokenizer"));
  EXPECT_EQ(found[2].get, "hf download Tongyi-MAI/Z-Image-Turbo --include 'tokenizer/*'");
}

// As a broken download leaves them: nobody would look for a model that is not in the list.
TEST_F(FindModels, ListsSingleFilesThatCannotBeReadWithTheirFault) {
  put("ComfyUI/models/diffusion_models/whole.safetensors", models() / "single/z_image.safetensors");
  const std::string shelf = "ComfyUI/models/diffusion_models/";
  const auto write = [&](const std::string& place, const std::string& bytes) {
    fs::create_directories((folder_ / place).parent_path());
    std::ofstream(folder_ / place, std::ios::binary) << bytes;
  };
  write(shelf + "a_pointer.safetensors", "version https://git-lfs.github.com/spec/v1\noid x\n");
  write(shelf + "deep/page.gguf", "<!DOCTYPE html><html></html>");
  std::ifstream in(models() / "single/z_image.safetensors", std::ios::binary);
  std::string half(4096, ' ');
  in.read(half.data(), static_cast<std::streamsize>(half.size()));
  write("folder/half.safetensors", half);
  const auto found = find({"folder"}, {"ComfyUI"});
  ASSERT_THAT(names(found),
              ElementsAre(at("folder/half.safetensors"), at(shelf + "a_pointer.safetensors"),
                          at(shelf + "deep/page.gguf"), at(shelf + "whole.safetensors")));
  EXPECT_FALSE(found[0].problem.empty());
  EXPECT_THAT(found[1].problem.english(), HasSubstr("is a git-lfs pointer"));
  EXPECT_THAT(found[1].problem.english(), HasSubstr("a_pointer.safetensors"));
  EXPECT_THAT(found[2].problem.english(), HasSubstr("is a web page"));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(found[i].opened);
}

// A folder whose parts are missing, in whole or but for a shard, is listed with how to get them.
TEST_F(FindModels, SaysWhichPartsOfAFolderAreMissing) {
  for (const char* const file : {"model_index.json", "transformer/config.json", "text_encoder",
                                 "tokenizer", "vae/config.json"})
    put("models/it's/" + std::string(file), models() / "model" / file);
  put("models/it's/scheduler/scheduler_config.json", folder_ / "shift.json");
  std::ofstream(folder_ / "shift.json")
      << R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 6.0})";
  std::ofstream(folder_ / "models/it's/transformer/diffusion_pytorch_model.safetensors.index.json")
      << R"({"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}})";
  put("models/it's/transformer/one.safetensors", models() / "single/z_image.safetensors");
  const auto found = find({"models"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].missing, ElementsAre("transformer", "vae"));
  EXPECT_EQ(found[0].get,
            "hf download Tongyi-MAI/Z-Image --include 'transformer/*' 'vae/*' --local-dir '" +
                (folder_ / "models/it").string() + "'\\''s'")
      << "of the base model, by its shift";
  EXPECT_THAT(found[0].problem.english(), HasSubstr("lacks the transformer, the VAE; get it"));
  // What is there and cannot be read is not missing.
  fs::remove(folder_ / "models/it's/transformer/diffusion_pytorch_model.safetensors.index.json");
  put("models/it's/vae/diffusion_pytorch_model.safetensors", folder_ / "shift.json");
  const auto damaged = find({"models"});
  ASSERT_EQ(damaged.size(), 1U);
  EXPECT_THAT(damaged[0].missing, IsEmpty());
  EXPECT_EQ(damaged[0].get, "");
  EXPECT_FALSE(damaged[0].problem.empty());
}

TEST_F(FindModels, ARepositoryOfTheHuggingFaceCacheByItsName) {
  put("hub/models--me--taef1/snapshots/abc/taef1.pth", models() / "model/README.md");
  EXPECT_EQ(downloaded_repository(folder_ / "hub", "me/taef1"),
            folder_ / "hub/models--me--taef1/snapshots/abc");
  EXPECT_EQ(downloaded_repository(folder_ / "hub", "me/other"), std::nullopt);
  EXPECT_EQ(downloaded_repository({}, "me/taef1"), std::nullopt);
}

TEST_F(FindModels, InTheHuggingFaceCacheByTheirRepositories) {
  const std::string mine = "hub/models--me--my-tuned-one";
  put(mine + "/snapshots/abc", models() / "model");
  put("hub/models--other--sdxl/snapshots/abc/model_index.json", models() / "model/README.md");
  const std::string parts = "hub/models--Comfy-Org--z_image_turbo/snapshots/abc/split_files/";
  put(parts + "diffusion_models/z.safetensors", models() / "single/z_image.safetensors");
  const std::string half = "hub/models--Tongyi-MAI--Z-Image/snapshots/abc/";
  for (const char* const file : {"model_index.json", "transformer/config.json", "vae",
                                 "text_encoder", "scheduler", "tokenizer"})
    put(half + file, models() / "model" / file);
  EXPECT_THAT(find({}), IsEmpty());
  const auto found = find({}, {}, "hub");
  ASSERT_THAT(names(found), ElementsAre(at(parts + "diffusion_models/z.safetensors"),
                                        "Tongyi-MAI/Z-Image", "me/my-tuned-one"));
  // What it lacks is in another repository.
  EXPECT_TRUE(found[0].opened) << found[0].problem.english();
  EXPECT_FALSE(found[1].opened);
  EXPECT_THAT(found[1].problem.english(), HasSubstr("lacks the transformer; get it with"));
  EXPECT_THAT(found[1].missing, ElementsAre("transformer"));
  EXPECT_EQ(found[1].get, "hf download Tongyi-MAI/Z-Image") << "what is there is not got again";
  EXPECT_GT(found[1].file_bytes, 0) << "of the parts that are here";
  EXPECT_TRUE(found[2].opened) << found[2].problem.english();
}

}  // namespace
}  // namespace headroom
