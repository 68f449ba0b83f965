// The list of models on a machine, through the program itself, in made-up homes.
#include "e2e/e2e_support.h"
#include "support/paths.h"

#include <fstream>

#include <gmock/gmock.h>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const fs::path kModels = test::quant_folder() / "models";

class Models : public EndToEnd {
 protected:
  Models() { environment_["HOME"] = (folder_ / "home").string(); }
  void link(const std::string& place, const fs::path& what) {
    fs::create_directories((folder_ / place).parent_path());
    fs::create_symlink(what, folder_ / place);
  }
};

TEST_F(Models, AreListedWithWhatTheyNeed) {
  const json list = run_json({"models", "--json"}).at(0);
  ASSERT_EQ(list["models"].size(), 1U);
  const json& starter = list["models"][0];
  EXPECT_TRUE(starter["complete"]);
  ASSERT_EQ(starter["presets"].size(), 5U);
  for (const json& preset : starter["presets"]) {
    // The same as of the plan for that size.
    const json plan =
        run_json({"plan", "--json", "--preset", preset["preset"], "-p", "-"}).at(0)["plan"];
    EXPECT_EQ(preset["peak_bytes"], plan["peak_bytes"]);
    EXPECT_GT(preset["seconds"], 0);
  }
  // Those that are not here say what they would need, and how to get them.
  ASSERT_EQ(list["not_here"].size(), 2U);
  EXPECT_EQ(list["not_here"][0]["get"], "hf download Tongyi-MAI/Z-Image-Turbo");
  for (const json& known : list["not_here"]) {
    ASSERT_EQ(known["presets"].size(), 5U);
    for (const json& preset : known["presets"]) EXPECT_GT(preset["peak_bytes"], 1'000'000'000);
  }
}

TEST_F(Models, OfOtherProgramsAreFoundAndCanBeRunByTheirNames) {
  link("home/ComfyUI/extra_model_paths.yaml", folder_ / "paths.yaml");
  write("paths.yaml", "mine:\n  base_path: " + (folder_ / "disk").string() +
                          "\n  diffusion_models: unets\n  clip: |\n    one\n    two\n");
  link("disk/unets/z_image_turbo.safetensors", kModels / "single/z_image.safetensors");
  link("disk/two/qwen.safetensors", kModels / "single/qwen_3_4b.safetensors");
  link("home/ComfyUI/models/vae/ae.safetensors", kModels / "single/ae.safetensors");
  link("disk/tokenizer", kModels / "model/tokenizer");
  link("more/Turbo", kModels / "model");
  for (const char* const file : {"home", "paths.yaml", "disk", "more"}) keep(file);
  const ProcessResult shown = run({"models", "more"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("z_image_turbo.safetensors\n"));
  EXPECT_THAT(shown.out, HasSubstr("more/Turbo\n"));
  EXPECT_THAT(shown.out, Not(HasSubstr("cannot be opened")));
  for (const json& model : run_json({"models", "more", "--json"}).at(0)["models"]) {
    EXPECT_TRUE(model["problem"].is_null()) << model;
    const ProcessResult made = run({"generate", "--model", model["model"], "-p", "a", "--size",
                                    "64x64", "--steps", "1", "-o", "x.png"});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    fs::remove(folder_ / "x.png");
  }
  // The settings' list is the same as the argument.
  write("mine.yaml", "model:\n  folders: [" + (folder_ / "more").string() + "]\n");
  keep("mine.yaml");
  const auto places = [&](const std::vector<std::string>& call) {
    std::vector<std::string> all;
    for (const json& model : run_json(call).at(0)["models"]) all.push_back(model["place"]);
    return all;
  };
  EXPECT_EQ(places({"models", "--config", "mine.yaml", "--json"}),
            places({"models", (folder_ / "more").string(), "--json"}));
}

// What the window was told holds for the command line, too; what was unplugged does no harm.
TEST_F(Models, AreLookedForInTheFoldersThatTheWindowAdded) {
  link("more/Turbo", kModels / "model");
  for (const char* const part : {"model_index.json", "transformer", "scheduler", "tokenizer"})
    link("more/half/" + std::string(part), kModels / "model" / part);
  fs::create_directories(folder_ / "state/headroom");
  std::ofstream(folder_ / "state/headroom/model_folders") << "/nowhere\n"
                                                          << (folder_ / "more").string() << "\n";
  for (const char* const file : {"more", "state"}) keep(file);
  const json list = run_json({"models", "--json"}).at(0)["models"];
  ASSERT_EQ(list.size(), 3U) << list;
  EXPECT_EQ(list[1]["place"], (folder_ / "more/Turbo").string());
  EXPECT_TRUE(list[1]["complete"]);
  EXPECT_TRUE(list[1]["missing"].empty());
  EXPECT_FALSE(list[2]["complete"]);
  EXPECT_EQ(list[2]["missing"], json::parse(R"(["text_encoder", "vae"])"));
  EXPECT_EQ(
      list[2]["get"],
      "hf download Tongyi-MAI/Z-Image-Turbo --include 'text_encoder/*' 'vae/*' --local-dir '" +
          (folder_ / "more/half").string() + "'");
  EXPECT_THAT(run({"models"}).out, HasSubstr("lacks the text encoder, the VAE; get it with"));
}

TEST_F(Models, FoldersThatAreNotThereAndOtherProgramsMistakes) {
  expect_refused({"models", "nowhere"}, 3, {"nowhere", "does not exist"});
  write("home/ComfyUI/extra_model_paths.yaml", "a: {b");
  keep("home/ComfyUI/extra_model_paths.yaml");
  const ProcessResult shown = run({"models"});
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_THAT(shown.err, HasSubstr("not valid YAML"));
  EXPECT_THAT(shown.out, HasSubstr("starter-model"));
}

}  // namespace
}  // namespace headroom::test
