// What becomes of a mask: the picture that is made with it, the next start, another picture. Real
// presses, drags and keys on gui_demo's window.
#include "headroom/core/sha256.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/resize.h"

#include "mask_window.h"
#include "support/drawn_texts.h"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// What gui_demo's plans say of a start from a picture: 3.25 GiB and 2400 B a pixel, each and an
// eighth more. Sixteen steps of 0.3 s, all of them at strength 1, and 1.5 s for the rest.
TEST_F(WindowMask, GenerateRepaintsAndThePictureRecordsTheMask) {
  WindowDriver w = open({"--step-ms=5"});
  write_prompt(w, "a red fox");
  take(w);
  start_painting(w);
  box(w, 0.25, 0.25);
  ASSERT_TRUE(masked(w, 6, 7));
  EXPECT_TRUE(wait_for_text(w, "Repaint masked"));
  ASSERT_TRUE(w.wait_for_words("plan", "3.9 GB"));
  ASSERT_TRUE(w.wait_for_words("plan", "6 s"));
  w.key("ctrl+Return");
  ASSERT_TRUE(finished(w, 1));
  EXPECT_EQ(w.state()["painting"], false) << "to see what comes";
  EXPECT_GT(w.state()["mask"], 0) << "it stays for the next one";
  const std::string made = bytes_of(w.state()["picture_file"].get<std::string>());
  const std::size_t at = made.find("\"mask\":{\"file\":\"mask-");
  ASSERT_NE(at, made.npos);
  const std::string name = made.substr(made.find("mask-", at), 5 + 12 + 4);
  const fs::path mask = folder_ / "state/masks" / name;
  ASSERT_TRUE(fs::exists(mask)) << mask;
  EXPECT_NE(made.find(sha256(bytes_of(mask))), made.npos);
  const GreyImage grey = to_grey(read_image(mask));
  ASSERT_EQ(grey.width, 512);
  EXPECT_EQ(grey.grey[300 * 512 + 300], 255) << "right of and below the middle";
  EXPECT_EQ(grey.grey[200 * 512 + 200], 0);
  // Its settings bring the mask back, as its file has it.
  w.click("mask.remove");
  ASSERT_TRUE(w.wait([](const json& s) { return s["mask"] == -1; }));
  rest();
  w.click("use_settings");
  EXPECT_TRUE(masked(w, 6, 7)) << w.state();
}

TEST_F(WindowMask, ComesBackWithTheSessionAndOneThatIsGoneIsSaid) {
  {
    WindowDriver w = open();
    write_prompt(w, "a red fox");
    take(w);
    start_painting(w);
    w.click("mask.feather.value");
    w.key("ctrl+a");
    w.type("20");
    w.key("Tab");
    box(w, 0.3, 0.3);
    ASSERT_TRUE(masked(w, 8, 10));
    EXPECT_EQ(w.state()["feather"], 20);
    w.screenshot("mask_soft");
    EXPECT_EQ(w.close(10), 0);
  }
  {
    WindowDriver w = open();
    EXPECT_TRUE(masked(w, 8, 10));
    EXPECT_EQ(w.state()["feather"], 20);
    EXPECT_EQ(w.state()["strength"], 1.0);
    EXPECT_EQ(w.state()["painting"], false);
    EXPECT_EQ(w.close(10), 0);
  }
  fs::remove_all(folder_ / "state/masks");
  WindowDriver w = open();
  ASSERT_TRUE(w.wait([](const json& s) { return s["start"] == "checks.png"; }));
  EXPECT_EQ(w.state()["mask"], -1);
  EXPECT_EQ(w.state()["strength"], 0.6) << "of the whole picture";
  EXPECT_EQ(w.state()["banners"][0], "The mask that was painted is not there any more.");
}

TEST_F(WindowMask, JobsThatWaitKeepIt) {
  {
    WindowDriver w = open({"--step-ms=1000"});
    write_prompt(w, "a red fox");
    take(w);
    start_painting(w);
    box(w, 0.25, 0.25);
    ASSERT_TRUE(masked(w, 6, 7));
    w.click("generate");
    ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
    w.ask_to_close();
    ASSERT_TRUE(w.wait_for_widget("close.now"));
    rest();
    w.click("close.now");
    ASSERT_EQ(w.wait_for_exit(20), 0);
  }
  fs::rename(folder_ / "state/masks", folder_ / "away");
  WindowDriver w = open({"--step-ms=5"});
  ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] == 1; }));
  const auto queue_it = [&] {
    std::string action;
    ASSERT_TRUE(w.wait([&](const json& state) {
      action = "banner." + std::to_string(state["banners"].size() - 1) + ".action";
      return w.read()["widgets"].contains(action);
    }));
    rest();
    w.click(action);
  };
  queue_it();
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["banners"].back().get<std::string>().find("mask-") != std::string::npos;
  })) << w.state()["banners"];
  EXPECT_EQ(w.state()["offered"], 1) << "it is not lost";
  fs::rename(folder_ / "away", folder_ / "state/masks");
  queue_it();
  ASSERT_TRUE(finished(w, 1)) << w.state();
  const std::string made = bytes_of(w.state()["picture_file"].get<std::string>());
  EXPECT_NE(made.find("\"mask\":{\"file\":\"mask-"), made.npos);
}

TEST_F(WindowMask, AnotherStartKeepsItWhereItHasTheSameShapeAndEachChangeHasAWayBack) {
  WindowDriver w = open();
  take(w);
  start_painting(w);
  box(w, 0.25, 0.25);
  w.key("Escape");
  ASSERT_TRUE(masked(w, 6, 7));
  write_picture("large.png", 1024, 1024);
  take(w, "large.png");
  EXPECT_EQ(w.state()["banners"].back(), "The mask stays as it is, on large.png.");
  EXPECT_TRUE(masked(w, 6, 7));
  take(w, "wide.png");
  EXPECT_EQ(w.state()["banners"].back(), "The mask was removed: wide.png has another shape.");
  EXPECT_TRUE(w.wait([](const json& s) { return s["mask"] == -1; }));
  w.click("canvas");
  w.key("ctrl+z");
  EXPECT_TRUE(w.wait([](const json& s) { return s["start"] == "large.png"; }));
  EXPECT_TRUE(masked(w, 6, 7));
  w.click("start.remove");
  ASSERT_TRUE(w.wait([](const json& s) { return s["start"] == "" && s["mask"] == -1; }));
  EXPECT_EQ(w.state()["banners"].back(), "The picture and its mask were removed.");
  const std::string action =
      "banner." + std::to_string(w.state()["banners"].size() - 1) + ".action";
  ASSERT_TRUE(w.wait_for_widget(action));
  w.click(action);
  ASSERT_TRUE(w.wait([](const json& s) { return s["start"] == "large.png"; }));
  EXPECT_TRUE(masked(w, 6, 7));
}

}  // namespace
}  // namespace headroom::test
