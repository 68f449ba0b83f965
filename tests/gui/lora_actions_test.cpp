#include "headroom/gui_actions/lora_actions.h"

#include "headroom/gui_state/lora_chips.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

class LoraActionsTest : public ActionsTest {
 protected:
  LoraActionsTest() { state_.draft.prompt = "a fox"; }
  [[nodiscard]] static LoraChip chip(const std::string& name, double strength, bool on) {
    return {.tag = {name, strength}, .on = on, .place = 0};
  }
  LoraActions actions_{context_};
};

TEST_F(LoraActionsTest, AFileBecomesATagOfThePromptOnce) {
  actions_.add("/loras/ink.safetensors");
  EXPECT_EQ(state_.draft.prompt, "a fox <lora:ink:1>");
  EXPECT_EQ(state_.new_prompt, state_.draft.prompt);
  EXPECT_EQ(state_.lora_files, (std::vector<std::filesystem::path>{"/loras/ink.safetensors"}));
  EXPECT_TRUE(state_.loras_changed);
  actions_.add("/loras/ink.safetensors");
  EXPECT_EQ(state_.draft.prompt, "a fox <lora:ink:1>");
}

TEST_F(LoraActionsTest, OneThatIsOffComesBackAsTheTagOnly) {
  state_.off_loras = {{"ink", 0.5}, {"chalk", 1}};
  actions_.add("/loras/ink.safetensors");
  EXPECT_EQ(state_.draft.prompt, "a fox <lora:ink:1>");
  EXPECT_EQ(state_.off_loras, (std::vector<LoraTag>{{"chalk", 1}}));
}

TEST_F(LoraActionsTest, OneThatDoesNotFitIsRefusedAndThePromptStays) {
  actions_.add("/loras/ill.safetensors");
  EXPECT_EQ(state_.draft.prompt, "a fox");
  EXPECT_EQ(last_banner().text.english(), "ill does not fit the model");
  actions_.add("/loras/ink.safetensors");
  EXPECT_TRUE(state_.banners.empty()) << "the trouble is over";
}

TEST_F(LoraActionsTest, ItsStrengthIsThatOfItsTagOnOrOff) {
  state_.draft.prompt = "a fox <lora:ink:0.8>";
  actions_.set_strength(chip("ink", 0.8, true), 0.25);
  EXPECT_EQ(state_.draft.prompt, "a fox <lora:ink:0.25>");
  state_.off_loras = {{"chalk", 1}};
  actions_.set_strength(chip("chalk", 1, false), 0.5);
  EXPECT_EQ(state_.off_loras, (std::vector<LoraTag>{{"chalk", 0.5}}));
}

TEST_F(LoraActionsTest, OffItWaitsBesideThePromptWithItsStrength) {
  state_.draft.prompt = "a fox <lora:ink:0.8>";
  actions_.toggle(chip("ink", 0.8, true));
  EXPECT_EQ(state_.draft.prompt, "a fox");
  EXPECT_EQ(state_.off_loras, (std::vector<LoraTag>{{"ink", 0.8}}));
  actions_.toggle(chip("ink", 0.8, false));
  EXPECT_EQ(state_.draft.prompt, "a fox <lora:ink:0.8>");
  EXPECT_TRUE(state_.off_loras.empty());
}

TEST_F(LoraActionsTest, RemovedItIsGoneAndTheWayBackBringsIt) {
  state_.draft.prompt = "a fox <lora:ink:0.8>";
  actions_.remove(chip("ink", 0.8, true));
  EXPECT_EQ(state_.draft.prompt, "a fox");
  EXPECT_TRUE(state_.off_loras.empty());
  EXPECT_EQ(state_.undo.undo(state_.settings())->settings.draft.prompt, "a fox <lora:ink:0.8>");
  state_.off_loras = {{"chalk", 1}};
  actions_.remove(chip("chalk", 1, false));
  EXPECT_TRUE(state_.off_loras.empty());
}

TEST_F(LoraActionsTest, TheirListOpensAndIsLookedFor) {
  actions_.open_list();
  EXPECT_EQ(state_.sheet, UiState::Sheet::kLoras);
  EXPECT_TRUE(state_.loras_asked);
}

}  // namespace
}  // namespace headroom::test
