#include "headroom/gui_actions/save_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class SaveActionsTest : public ActionsTest {
 protected:
  SaveActionsTest() {
    services_.save_again = [this](const FinishedPicture& p) {
      return save(p, services_.output_folder);
    };
    services_.save_to = [this](const FinishedPicture& p, const fs::path& folder) {
      return save(p, folder);
    };
    services_.rescue = [this](const FinishedPicture& p) {
      rescued_.push_back(p.request.prompt);
      return fs::path();
    };
  }
  fs::path save(const FinishedPicture& picture, const fs::path& folder) const {
    if (full_.contains(folder)) throw Error(ErrorKind::kIo, folder.string() + " is full");
    return folder / (picture.request.prompt + ".png");
  }
  std::set<fs::path> full_;
  std::vector<std::string> rescued_;
  SaveActions saving_{context_};
};

TEST_F(SaveActionsTest, TheSelectedPictureIsSavedAgainAndItsTroubleIsOver) {
  FinishedPicture& picture = add_picture("cat");
  fail_to_save(picture);
  state_.add_banner({.text = "could not", .about = UiState::about_saving(picture)});
  saving_.save_again();
  EXPECT_EQ(picture.file, services_.output_folder / "cat.png");
  EXPECT_TRUE(picture.save_error.empty());
  ASSERT_EQ(state_.banners.size(), 1U);
  EXPECT_EQ(state_.banners[0].text.english(), picture.file.string());
}

TEST_F(SaveActionsTest, WhereItFailsAgainThatIsSaidOnceAndThePictureStays) {
  full_ = {services_.output_folder};
  FinishedPicture& picture = add_picture("cat");
  fail_to_save(picture);
  saving_.save_again();
  saving_.save_again();
  EXPECT_TRUE(picture.file.empty());
  EXPECT_EQ(picture.save_error.english(), services_.output_folder.string() + " is full");
  EXPECT_EQ(state_.banners.size(), 1U);
}

TEST_F(SaveActionsTest, AllThatAreUnsavedGoIntoAnotherFolderAndLaterPicturesToo) {
  fail_to_save(add_picture("a"));
  add_picture("b", "/made/b.png");
  fail_to_save(add_picture("c"));
  const fs::path other = folder_ / "other";
  saving_.save_unsaved_to(other);
  EXPECT_EQ(state_.pictures[0].file, other / "a.png");
  EXPECT_EQ(state_.pictures[1].file, "/made/b.png");
  EXPECT_EQ(state_.pictures[2].file, other / "c.png");
  EXPECT_EQ(state_.unsaved(), 0U);
  EXPECT_EQ(state_.output_folder, other);
  EXPECT_EQ(last_banner().text.key(), "note.folder");
  // What the queue makes from now on goes there as well.
  QueueWatcher watcher(session_.queue(), [] {});
  gate_.open();
  session_.queue().submit(small_request("d"));
  std::vector<FinishedPicture> made;
  ASSERT_TRUE(wait_until([&] { return !(made = watcher.take_pictures()).empty(); }));
  EXPECT_EQ(made[0].file, other / "d.png");
}

TEST_F(SaveActionsTest, AFolderThatTakesNothingChangesNothing) {
  fail_to_save(add_picture("a"));
  const fs::path other = folder_ / "other";
  full_ = {other};
  saving_.save_unsaved_to(other);
  EXPECT_EQ(state_.save_trouble.english(), other.string() + " is full");
  EXPECT_EQ(state_.unsaved(), 1U);
  EXPECT_FALSE(state_.output_folder);
}

TEST_F(SaveActionsTest, ANewStartIsAskedForLikeAClose) {
  fail_to_save(add_picture("a"));
  saving_.start_again();
  EXPECT_TRUE(state_.start_again_asked);
  EXPECT_FALSE(state_.start_again) << "something may be lost, which is asked about first";
  EXPECT_TRUE(rescued_.empty());
}

}  // namespace
}  // namespace headroom::test
