#include "headroom/gui_actions/picture_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

class PictureActionsTest : public ActionsTest {
 protected:
  using Did = std::vector<std::string>;
  PictureActions picture_{context_};
};

TEST_F(PictureActionsTest, ALookAtAPictureLeavesTheRunAndTheMaskTool) {
  add_picture("a");
  add_picture("b");
  state_.live = true;
  state_.mask_tool.on = true;
  picture_.select(0);
  EXPECT_EQ(state_.selected, 0U);
  EXPECT_FALSE(state_.live);
  EXPECT_FALSE(state_.mask_tool.on);
}

TEST_F(PictureActionsTest, StepsEndAtTheFirstPictureAndAtTheRunningJob) {
  picture_.step(1);
  EXPECT_FALSE(state_.selected) << "there are none";
  add_picture("a");
  add_picture("b");
  state_.live = false;
  picture_.step(-1);
  EXPECT_EQ(state_.selected, 0U);
  picture_.step(-1);
  EXPECT_EQ(state_.selected, 0U);
  picture_.step(1);
  EXPECT_EQ(state_.selected, 1U);
  EXPECT_FALSE(state_.live);
  picture_.step(1);
  EXPECT_TRUE(state_.live);
}

TEST_F(PictureActionsTest, TheRunningJobIsShownBesideTheNewestPicture) {
  add_picture("a");
  add_picture("b");
  picture_.select(0);
  picture_.show_live();
  EXPECT_TRUE(state_.live);
  EXPECT_EQ(state_.selected, 1U);
}

TEST_F(PictureActionsTest, CopiesTheFileOrElseThePixels) {
  picture_.copy();
  EXPECT_TRUE(desktop_did_.empty()) << "there is none";
  add_picture("saved", folder_.write("made.png", "\x89PNG of the file"));
  picture_.copy();
  add_picture("unsaved");
  picture_.copy();
  EXPECT_EQ(desktop_did_, (Did{"picture PNG", "picture PNG"}));
  EXPECT_EQ(last_banner().text.key(), "note.copied");
}

TEST_F(PictureActionsTest, CopiesThePathWhereTheClipboardTakesTextsOnly) {
  takes_pictures_ = false;
  const std::filesystem::path file = write_picture("made.png");
  add_picture("saved", file);
  picture_.copy();
  EXPECT_EQ(desktop_did_, (Did{"text " + file.string()}));
  EXPECT_EQ(last_banner().text.english(), file.string());
}

TEST_F(PictureActionsTest, SaysThatAPictureIsNowhereAnyMore) {
  add_picture("saved", folder_ / "gone.png").picture.image.reset();
  picture_.copy();
  EXPECT_TRUE(desktop_did_.empty());
  EXPECT_EQ(last_banner().text.key(), "canvas.gone");
}

TEST_F(PictureActionsTest, ShowsItsFileOrTheFolderWherePicturesGo) {
  add_picture("unsaved");
  picture_.show_in_folder();
  state_.output_folder = folder_ / "other";
  picture_.show_in_folder();
  const std::filesystem::path file = write_picture("made.png");
  add_picture("saved", file);
  picture_.show_in_folder();
  EXPECT_EQ(desktop_did_, (Did{"folder " + services_.output_folder.string(),
                               "folder " + (folder_ / "other").string(), "file " + file.string()}));
}

TEST_F(PictureActionsTest, SaysWhyNothingCouldShowItUntilSomethingCan) {
  has_file_manager_ = false;
  add_picture("saved", write_picture("made.png"));
  picture_.show_in_folder();
  EXPECT_EQ(last_banner().text.english(), "no file manager; install one");
  has_file_manager_ = true;
  picture_.show_in_folder();
  EXPECT_TRUE(state_.banners.empty());
}

}  // namespace
}  // namespace headroom::test
