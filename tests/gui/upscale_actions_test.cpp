#include "headroom/gui_actions/upscale_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

class UpscaleActionsTest : public ActionsTest {
 protected:
  UpscaleActions upscale_{context_};
};

TEST_F(UpscaleActionsTest, ThePictureIsQueuedByItsFile) {
  upscale_.start({"/u/sharp.pth", 3});
  EXPECT_TRUE(jobs().empty()) << "there is no picture";
  const auto file = write_picture("cat.png");
  add_picture("cat", file);
  upscale_.start({"/u/sharp.pth", 3});
  ASSERT_EQ(jobs().size(), 1U);
  const GenerationRequest request = jobs()[0].request;
  EXPECT_EQ(request.upscale, (Upscale{"/u/sharp.pth", 3}));
  EXPECT_EQ(request.width, 192);
  EXPECT_EQ(request.origin->file.path, file.string());
  EXPECT_EQ(request.origin->file.sha256.size(), 64U);
  EXPECT_FALSE(request.init);
}

TEST_F(UpscaleActionsTest, AFileThatIsGoneIsSaid) {
  add_picture("cat", folder_ / "gone.png");
  upscale_.start({kLanczos, 2});
  EXPECT_TRUE(jobs().empty());
  EXPECT_NE(last_banner().text.english().find("gone.png"), std::string::npos);
}

}  // namespace
}  // namespace headroom::test
