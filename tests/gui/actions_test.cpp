// What becomes of a file; each kind of action has tests of its own.
#include "headroom/gui_actions/actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

class TakenFile : public ActionsTest {
 protected:
  Actions actions_{context_};
};

TEST_F(TakenFile, OffersItsSettingsWhereItIsAPicture) {
  actions_.take_file(write_picture("dropped.png"));
  ASSERT_TRUE(state_.offered_picture);
  EXPECT_EQ(state_.offered_picture->name, "dropped.png");
}

TEST_F(TakenFile, IsALoraByItsEnding) {
  state_.draft.prompt = "a fox";
  actions_.take_file("/loras/ink.SafeTensors");
  EXPECT_EQ(state_.draft.prompt, "a fox <lora:ink:1>");
}

TEST_F(TakenFile, IsTheModelWhileOneIsAskedFor) {
  state_.model_folder = "";
  actions_.take_file("/models/turbo.safetensors");
  EXPECT_EQ(state_.dropped_folder, "/models/turbo.safetensors");
  EXPECT_TRUE(state_.draft.prompt.empty());
}

TEST_F(TakenFile, IsAFolderOfModelsWhileTheirListIsOpen) {
  std::vector<std::filesystem::path> added;
  services_.add_folder = [&](const auto& folder) { added.push_back(folder); };
  actions_.models.open_list();
  actions_.take_file(folder_.path());
  EXPECT_EQ(added, (std::vector<std::filesystem::path>{folder_.path()}));
}

TEST_F(TakenFile, OfSeveralTheFirstIsTakenAndTheRestCounted) {
  actions_.take_files({write_picture("a.png"), write_picture("b.png"), write_picture("c.png")});
  ASSERT_TRUE(state_.offered_picture);
  EXPECT_EQ(state_.offered_picture->name, "a.png");
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_EQ(state_.banners[0].kind, Banner::Kind::kNote);
  EXPECT_EQ(state_.banners[0].text, say("note.first_file", std::string("a.png"), 2));
}

TEST_F(TakenFile, AllLorasAreTaken) {
  state_.draft.prompt = "a fox";
  actions_.take_files({"/loras/ink.safetensors", "/loras/soft.safetensors"});
  EXPECT_EQ(state_.draft.prompt, "a fox <lora:ink:1> <lora:soft:1>");
  EXPECT_TRUE(state_.banners.empty());
  actions_.take_files({});
}

}  // namespace
}  // namespace headroom::test
