#include "headroom/gui_actions/finish_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

class FinishActionsTest : public ActionsTest {
 protected:
  FinishActions finish_{context_};
};

TEST_F(FinishActionsTest, ThePictureIsQueuedWithItsPixelsEnlarged) {
  finish_.start({128, 128});
  EXPECT_TRUE(jobs().empty()) << "there is no picture";
  const auto file = write_picture("cat.png");
  add_picture("cat", file);
  finish_.start({128, 128});
  ASSERT_EQ(jobs().size(), 1U);
  const GenerationRequest request = jobs()[0].request;
  EXPECT_EQ(request.seed, 40U);
  EXPECT_EQ(request.strength, ModelInfo().refine_strength);
  ASSERT_TRUE(request.init);
  EXPECT_EQ(request.init->image.width, 128);
  EXPECT_EQ(request.init->image.rgb, std::vector<std::uint8_t>(3 * 128 * 128, 90));
  ASSERT_TRUE(request.origin);
  EXPECT_EQ(request.origin->file.path, file.string());
  EXPECT_EQ(request.origin->how, "refine:0.35");
  EXPECT_TRUE(validate(request, 64).empty());
}

TEST_F(FinishActionsTest, FromTheSeedNoPictureIsStartedFrom) {
  add_picture("cat", write_picture("cat.png"));
  state_.finish.refines = false;
  finish_.start({128, 128});
  ASSERT_EQ(jobs().size(), 1U);
  EXPECT_FALSE(jobs()[0].request.init);
  EXPECT_EQ(jobs()[0].request.origin->how, "same-seed");
}

TEST_F(FinishActionsTest, AFileThatIsGoneIsSaid) {
  add_picture("cat", folder_ / "gone.png");
  finish_.start({128, 128});
  EXPECT_TRUE(jobs().empty());
  EXPECT_NE(last_banner().text.english().find("gone.png"), std::string::npos);
}

}  // namespace
}  // namespace headroom::test
