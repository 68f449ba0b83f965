#include "headroom/gui_actions/start_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class StartActionsTest : public ActionsTest {
 protected:
  void paint(Size size) {
    PaintedMask painted(size);
    painted.box({8, 8}, {32, 32}, true);
    state_.set_mask(std::make_shared<const PaintedMask>(painted));
  }
  StartPictureFinder finder_{context_};
  StartActions start_{context_, finder_};
};

TEST_F(StartActionsTest, TheNextPicturesStartFromAFileWhichIsRemembered) {
  const fs::path file = write_picture("start.png");
  start_.use(file);
  ASSERT_TRUE(state_.draft.init);
  EXPECT_EQ(state_.draft.init->file.path, file.string());
  EXPECT_EQ(state_.path_of_start(state_.draft.init->file.sha256), file.string());
  EXPECT_TRUE(state_.banners.empty());
  ASSERT_TRUE(state_.undo.undo(state_.settings())) << "it is a step";
}

TEST_F(StartActionsTest, AFileThatIsNoPictureIsRefusedByNameAndTheOldOneStays) {
  start_.use(write_picture("start.png"));
  const StartPicture before = state_.draft.init;
  start_.use(folder_.write("notes.txt", "no picture"));
  EXPECT_EQ(state_.draft.init, before);
  EXPECT_NE(last_banner().text.english().find("notes.txt"), std::string::npos);
  start_.use(write_picture("other.png", 32, 32));
  EXPECT_TRUE(state_.banners.empty()) << "the trouble is over";
}

TEST_F(StartActionsTest, TheSelectedPictureIsUsedWhereItHasAFile) {
  start_.use_selected();
  EXPECT_FALSE(state_.draft.init) << "there is none";
  add_picture("unsaved");
  start_.use_selected();
  EXPECT_FALSE(state_.draft.init);
  add_picture("saved", write_picture("made.png"));
  start_.use_selected();
  ASSERT_TRUE(state_.draft.init);
  EXPECT_EQ(state_.draft.init->file.name, "made.png");
}

TEST_F(StartActionsTest, ItsMaskGoesWithItAndCanBeTakenBack) {
  start_.use(write_picture("start.png"));
  paint({64, 64});
  state_.mask_tool.on = true;
  start_.remove();
  EXPECT_FALSE(state_.draft.init);
  EXPECT_FALSE(state_.mask);
  EXPECT_FALSE(state_.mask_tool.on);
  EXPECT_TRUE(can_take_back());
  const auto step = state_.undo.undo(state_.settings());
  ASSERT_TRUE(step);
  EXPECT_TRUE(step->settings.mask);
  EXPECT_TRUE(step->settings.draft.init);
}

TEST_F(StartActionsTest, AMaskStaysForAPictureOfTheSameShape) {
  start_.use(write_picture("start.png", 64, 64));
  paint({64, 64});
  start_.use(write_picture("larger.png", 128, 128));
  EXPECT_TRUE(state_.mask);
  EXPECT_EQ(last_banner().text.key(), "note.mask.stays");
  start_.use(write_picture("wide.png", 128, 64));
  EXPECT_FALSE(state_.mask);
  EXPECT_EQ(last_banner().text.key(), "note.mask.other_shape");
  EXPECT_TRUE(can_take_back());
}

TEST_F(StartActionsTest, APictureThatWasGoneIsFoundAgain) {
  const fs::path file = write_picture("start.png");
  state_.draft.init = without_pixels(*read_start_picture(file));
  const fs::path away = folder_ / "away.png";
  fs::rename(file, away);
  start_.look_again();
  EXPECT_FALSE(has_pixels(*state_.draft.init));
  EXPECT_NE(last_banner().text.english().find("start.png"), std::string::npos);
  fs::rename(away, file);
  start_.look_again();
  EXPECT_TRUE(has_pixels(*state_.draft.init));
  EXPECT_TRUE(state_.banners.empty());
}

TEST_F(StartActionsTest, AnotherPictureInItsPlaceIsAsGood) {
  const fs::path file = write_picture("start.png");
  state_.draft.init = without_pixels(*read_start_picture(file));
  const std::string before = state_.draft.init->file.sha256;
  fs::remove(file);
  static_cast<void>(write_picture("start.png", 64, 64, 200));
  start_.look_again();
  EXPECT_TRUE(has_pixels(*state_.draft.init));
  EXPECT_NE(state_.draft.init->file.sha256, before);
}

}  // namespace
}  // namespace headroom::test
