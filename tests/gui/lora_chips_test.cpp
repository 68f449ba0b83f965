#include "headroom/gui_state/lora_chips.h"

#include "headroom/core/error.h"
#include "headroom/gui_state/saved_session.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(LoraChips, AreTheTagsOfThePrompt) {
  EXPECT_EQ(lora_tags("a fox <lora:ink:0.8> in snow <lora:chalk>"),
            (std::vector<LoraTag>{{"ink", 0.8}, {"chalk", 1}}));
  EXPECT_TRUE(lora_tags("a fox <lora:ink").empty()) << "it is being written";
}

TEST(LoraChips, ATagIsChangedOrTakenOutInItsPlace) {
  const std::string prompt = "a fox <lora:ink:0.8> in snow, <lora:chalk>";
  EXPECT_EQ(with_lora(prompt, 0, LoraTag{"ink", 0.5}),
            "a fox <lora:ink:0.5> in snow, <lora:chalk>");
  EXPECT_EQ(with_lora(prompt, 1, LoraTag{"chalk", -1}),
            "a fox <lora:ink:0.8> in snow, <lora:chalk:-1>");
  EXPECT_EQ(with_lora(prompt, 0, std::nullopt), "a fox in snow, <lora:chalk>");
  EXPECT_EQ(with_lora(prompt, 1, std::nullopt), "a fox <lora:ink:0.8> in snow,");
  EXPECT_EQ(with_lora("<lora:ink> a fox", 0, std::nullopt), "a fox");
  EXPECT_EQ(with_lora(prompt, 2, std::nullopt), prompt) << "there is none";
  EXPECT_EQ(with_lora("a fox", LoraTag{"ink", 1}), "a fox <lora:ink:1>");
  EXPECT_EQ(with_lora("", LoraTag{"ink", 1}), "<lora:ink:1>");
}

// How strong one is makes no difference to memory, but whether it is there.
TEST(LoraChips, RunsAreToldApartByWhatMemoryDependsOn) {
  EXPECT_EQ(loras_of_run("a fox <lora:ink:0.8><lora:chalk:0>"), "<lora:ink:1>");
  EXPECT_EQ(loras_of_run("a fox"), "");
}

class LoraWatchTest : public testing::Test {
 protected:
  std::shared_ptr<ModelOnDevice> model() {
    auto model = std::make_shared<ModelOnDevice>();
    model->loras.look = [this](const LoraTag& tag) {
      ++looks_;
      if (!is_there_) throw Error(ErrorKind::kInvalidRequest, "no " + tag.name);
      return FoundLora{"/ink.safetensors", 9, 8, 70};
    };
    model->loras.add = [this](const std::filesystem::path& file) {
      added_.push_back(file);
      if (file.stem() == "gone") throw Error(ErrorKind::kModelFile, "gone");
      return file.stem().string();
    };
    return model;
  }
  bool is_there_ = false;
  int looks_ = 0;
  std::vector<std::filesystem::path> added_;
};

TEST_F(LoraWatchTest, LooksOnceAndAgainForWhatWasNotThere) {
  LoraWatch watch;
  watch.use(model(), {});
  Settings settings;
  settings.draft.prompt = "a fox <lora:ink:0.8>";
  settings.off_loras = {{"ink", 0.3}};
  auto chips = watch.chips(settings, 0);
  ASSERT_EQ(chips.size(), 2U);
  EXPECT_FALSE(chips[0].found);
  EXPECT_EQ(chips[0].trouble.english(), "no ink");
  EXPECT_TRUE(chips[0].on);
  EXPECT_FALSE(chips[1].on);
  EXPECT_EQ(looks_, 1);
  is_there_ = true;
  EXPECT_FALSE(watch.chips(settings, 1)[0].found);
  EXPECT_EQ(watch.chips(settings, 3)[0].found->bytes, 70);
  EXPECT_EQ(watch.chips(settings, 9)[0].found->matched_keys, 8);
  EXPECT_EQ(looks_, 2);
  watch.use(model(), {"/gone.safetensors", "/pen.safetensors"});
  static_cast<void>(watch.chips(settings, 9));
  EXPECT_EQ(looks_, 3) << "another model is asked again";
  EXPECT_EQ(added_.size(), 2U) << "and told of what was dropped";
}

TEST(LoraChips, TheSessionKeepsThoseThatAreOffAndWhereDroppedOnesAre) {
  SavedSession session;
  session.settings = Settings{};
  session.settings->draft.prompt = "a fox <lora:ink:0.8>";
  session.settings->off_loras = {{"chalk", -0.5}};
  session.lora_files = {"/a/ink.safetensors"};
  const auto back = read_session_text(session_text(session));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->settings, session.settings);
  EXPECT_EQ(back->lora_files, session.lora_files);
}

}  // namespace
}  // namespace headroom
