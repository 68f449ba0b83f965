// Kept pictures made anew and larger, and compared with what they were made of. Real clicks and
// keys on gui_demo's window.
#include "headroom/image/file_writer.h"
#include "headroom/image/picture_info.h"
#include "headroom/image/png_writer.h"

#include "gui/mouse.h"
#include "gui/picture_window.h"
#include "support/drawn_texts.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// What gui_demo's plans say of a start from a picture: 3.25 GiB and 2400 B a pixel, these and an
// eighth more; from noise 3 GiB and half as much. Of sixteen steps of 0.3 s six are done at 0.35,
// and two at 0.1; the rest takes 1.5 s, or 1.2 s from noise.
class WindowFinish : public PictureWindow {
 protected:
  [[nodiscard]] WindowDriver open(const std::string& total = "8G",
                                  std::vector<std::string> options = {}, int width = 1280,
                                  int height = 800) const {
    options.push_back("--total=" + total);
    options.emplace_back("--step-ms=5");
    return PictureWindow::open(std::move(options), width, height);
  }
  static void open_list(WindowDriver& w) {
    w.click("finish");
    ASSERT_TRUE(w.wait_for_widget("finish.start"));
    rest();
  }
  static bool is_closed(const WindowDriver& w) {
    return w.wait([&](const json&) { return !w.read()["widgets"].contains("finish.start"); });
  }
  static bool can_start(const WindowDriver& w) {
    return w.wait(
        [&](const json&) { return w.read()["widgets"]["finish.start"]["enabled"] == true; });
  }
  static bool costs(const WindowDriver& w, int size, const std::string& price) {
    return w.wait_for_words("finish.size." + std::to_string(size), price, 5);
  }
  // The picture in the middle of the canvas.
  static std::array<int, 3> middle(const WindowDriver& w) {
    const json at = w.read()["widgets"]["seen_picture"];
    return w.pixel(static_cast<int>(at["x"].get<double>() + at["w"].get<double>() / 2),
                   static_cast<int>(at["y"].get<double>() + at["h"].get<double>() / 2));
  }
};

TEST_F(WindowFinish, MakesThePictureLargerForThePriceThatItSays) {
  WindowDriver w = open();
  make_one(w);
  const fs::path origin = w.state()["picture_file"].get<std::string>();
  open_list(w);
  EXPECT_TRUE(costs(w, 0, "4.7 GB · 3 s"));
  EXPECT_TRUE(costs(w, 1, "5.9 GB · 3 s"));
  ASSERT_TRUE(wait_for_text(w, "Finish 1024×1024 · 5.9 GB · 3 s"));
  w.screenshot("finish_list");
  w.click("finish.start");
  ASSERT_TRUE(finished(w, 2)) << w.state();
  EXPECT_TRUE(is_closed(w));
  EXPECT_EQ(w.state()["selected"], 1);
  EXPECT_EQ(w.state()["width"], 512) << "the draft is as it was";
  const std::string large = made(w);
  EXPECT_NE(large.find("\"width\":1024"), large.npos);
  EXPECT_NE(large.find("\"how\":\"refine:0.35\""), large.npos);
  EXPECT_NE(large.find("\"origin\":{\"file\":\"" + origin.filename().string()), large.npos);
  EXPECT_NE(large.find("\"seed\":42"), large.npos);
  EXPECT_TRUE(w.wait_for_words("value.picture.origin", origin.filename().string()));
  EXPECT_TRUE(fs::exists(origin));
  rest();
  w.screenshot("finished");
}

// The list of upscalers says what they take: 1.3 GB and 2 s for twice as large.
TEST_F(WindowFinish, AnUpscalerFinishesItForItsOwnPrice) {
  WindowDriver w = open();
  make_one(w);
  open_list(w);
  w.click("finish.upscaler");
  EXPECT_TRUE(costs(w, 0, "1.3 GB · 2 s"));
  EXPECT_TRUE(costs(w, 2, "2.3 GB · 8 s"));
  ASSERT_TRUE(wait_for_text(w, "Finish 1024×1024 · 1.3 GB · 2 s"));
  EXPECT_FALSE(w.read()["widgets"].contains("finish.strength"));
  rest();
  w.screenshot("finish_upscaler");
  w.click("finish.size.1");
  ASSERT_TRUE(wait_for_text(w, "Finish 1536×1536"));
  w.click("finish.start");
  ASSERT_TRUE(finished(w, 2)) << w.state();
  EXPECT_TRUE(w.wait_for_words("value.picture.size", "1536×1536"));
  EXPECT_NE(made(w).find("\"scale\":3"), std::string::npos);
  EXPECT_TRUE(w.wait_for_widget("compare"));
}

TEST_F(WindowFinish, ThePriceFollowsSizeAndWayAndBothStay) {
  WindowDriver w = open();
  make_one(w);
  open_list(w);
  w.click("finish.size.0");
  ASSERT_TRUE(wait_for_text(w, "Finish 768×768 · 4.7 GB · 3 s"));
  w.click("finish.strength.value");
  w.key("ctrl+a");
  w.type("0.1");
  w.key("Return");
  ASSERT_TRUE(wait_for_text(w, "Finish 768×768 · 4.7 GB · 2 s"));
  w.click("finish.same_seed");
  ASSERT_TRUE(wait_for_text(w, "Finish 768×768 · 3.7 GB · 6 s"));
  EXPECT_FALSE(w.read()["widgets"].contains("finish.strength"));
  EXPECT_TRUE(wait_for_text(w, "other noise at another size"));
  w.screenshot("finish_same_seed");
  w.key("Escape");
  ASSERT_TRUE(is_closed(w));
  EXPECT_EQ(w.state()["jobs"], 0);
  w.click("canvas");
  w.key("ctrl+l");
  ASSERT_TRUE(w.wait_for_widget("finish.start"));
  ASSERT_TRUE(wait_for_text(w, "Finish 768×768 · 3.7 GB · 6 s")) << "as it was left";
  w.key("Return");
  ASSERT_TRUE(finished(w, 2)) << w.state();
  EXPECT_NE(made(w).find("\"how\":\"same-seed\""), std::string::npos);
  // What was itself begun with a picture is not made by its seed.
  w.click("strip.1");
  open_list(w);
  w.click("finish.refine");
  w.click("finish.start");
  ASSERT_TRUE(finished(w, 3)) << w.state();
  EXPECT_NE(made(w).find("\"how\":\"refine:0.1\""), std::string::npos);
  open_list(w);
  w.click("finish.same_seed");
  EXPECT_TRUE(w.wait_for_words("finish.reason", "It was itself started from"));
  EXPECT_EQ(w.read()["widgets"]["finish.start"]["enabled"], false);
}

TEST_F(WindowFinish, WhatDoesNotFitSaysSoAndTheLargestThatDoesIsOffered) {
  WindowDriver w = open("6G");
  make_one(w);
  open_list(w);
  EXPECT_TRUE(costs(w, 1, "0.73 GB short"));
  EXPECT_TRUE(w.wait_for_words("finish.reason", "Needs 5.89 GB"));
  EXPECT_EQ(w.read()["widgets"]["finish.start"]["enabled"], false);
  EXPECT_TRUE(costs(w, 2, "4.7 GB · 3 s"));
  w.screenshot("finish_short");
  w.click("finish.size.2");
  ASSERT_TRUE(wait_for_text(w, "Finish 768×768 · 4.7 GB"));
  w.click("finish.start");
  ASSERT_TRUE(finished(w, 2)) << w.state();
  EXPECT_NE(made(w).find("\"width\":768"), std::string::npos);
}

TEST_F(WindowFinish, ItsRowsStayWhileTheyArePointedAt) {
  WindowDriver w = open("6G");
  make_one(w);
  open_list(w);
  w.click("finish.size.2");
  ASSERT_TRUE(wait_for_text(w, "Finish 768×768 · 4.7 GB"));
  const auto tops = [&] {
    const json widgets = w.read()["widgets"];
    json found;
    for (const char* const name :
         {"finish.size.0", "finish.size.1", "finish.size.2", "finish.refine", "finish.same_seed"})
      found[name] = widgets[name]["y"];
    return found;
  };
  const json before = tops();
  w.click("finish.size.1");
  ASSERT_TRUE(w.wait_for_words("finish.reason", "Needs 5.89 GB"));
  rest();
  EXPECT_EQ(tops(), before) << "a reason pushes nothing away";
  w.screenshot("finish_held");
  w.click("finish.same_seed");
  rest();
  EXPECT_EQ(tops(), before);
  w.hover("prompt");
  rest();
  const json widgets = w.read()["widgets"];
  EXPECT_LE(widgets["finish.start"]["y"].get<double>() + widgets["finish.start"]["h"].get<double>(),
            widgets["finish"]["y"].get<double>())
      << "then it is above its button again";
}

TEST_F(WindowFinish, AFileThatIsGoneIsSaidAndNothingIsQueued) {
  WindowDriver w = open();
  make_one(w);
  fs::remove(w.state()["picture_file"].get<std::string>());
  open_list(w);
  w.click("finish.start");
  ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; }));
  EXPECT_NE(w.state()["banners"][0].get<std::string>().find("no such file"), std::string::npos)
      << w.state()["banners"];
  EXPECT_EQ(w.state()["jobs"], 0);
}

TEST_F(WindowFinish, TheResultStandsBehindItsOriginAndIsComparedInItsPlace) {
  fs::path origin;
  {
    WindowDriver w = open();
    make_one(w);
    origin = w.state()["picture_file"].get<std::string>();
    w.key("ctrl+Return");
    ASSERT_TRUE(finished(w, 2)) << w.state();
    w.click("strip.0");
    ASSERT_TRUE(w.wait([](const json& s) { return s["selected"] == 0; }));
    EXPECT_FALSE(w.read()["widgets"].contains("compare")) << "it was made of none";
    open_list(w);
    w.click("finish.start");
    ASSERT_TRUE(finished(w, 3)) << w.state();
    EXPECT_EQ(w.state()["selected"], 1) << "behind its origin, before the later one";
    ASSERT_TRUE(w.wait_for_widget("compare"));
    EXPECT_EQ(w.close(10), 0);
  }
  // Another picture with the same settings, to be told from the result by its pixels.
  const std::vector<PictureText> texts = read_picture_info(origin).texts;
  fs::remove(origin);
  write_new_file(origin,
                 encode_png({512, 512, std::vector<std::uint8_t>(3 * 512 * 512, 0)}, texts));
  WindowDriver w = open();
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 3; }));
  w.click("strip.1");
  ASSERT_TRUE(w.wait_for_widget("compare")) << "the next start knows it, too";
  rest();
  w.screenshot("compare");
  const json place = w.read()["widgets"]["picture"];
  const std::array<int, 3> black{0, 0, 0};
  EXPECT_NE(middle(w), black);
  w.hover("compare");
  xdotool(w, "mousedown 1");
  ASSERT_TRUE(w.wait([](const json& s) { return s["compares"] == true; }));
  ASSERT_TRUE(wait_for_text(w, "As it was at 512×512"));
  EXPECT_EQ(middle(w), black);
  EXPECT_EQ(w.read()["widgets"]["picture"], place) << "at the same view";
  w.screenshot("compare_held");
  xdotool(w, "mouseup 1");
  ASSERT_TRUE(w.wait([](const json& s) { return s["compares"] == false; }));
  EXPECT_NE(middle(w), black);
  w.click("canvas");
  ASSERT_TRUE(w.wait([](const json& s) { return s["canvas_focused"] == true; }));
  xdotool(w, "keydown c");
  ASSERT_TRUE(w.wait([](const json& s) { return s["compares"] == true; }));
  xdotool(w, "keyup c");
  EXPECT_TRUE(w.wait([](const json& s) { return s["compares"] == false; }));
}

TEST_F(WindowFinish, AWaitingOneIsMadeAfterTheNextStart) {
  {
    WindowDriver w = open();
    make_one(w);
    EXPECT_EQ(w.close(10), 0);
  }
  {
    WindowDriver w = PictureWindow::open({"--step-ms=1000", "--total=8G"});
    ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }));
    ASSERT_TRUE(w.wait_for_widget("finish"));
    open_list(w);
    w.click("finish.start");
    ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
    w.ask_to_close();
    ASSERT_TRUE(w.wait_for_widget("close.now"));
    rest();
    w.click("close.now");
    ASSERT_EQ(w.wait_for_exit(20), 0);
  }
  WindowDriver w = open();
  ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] == 1; }));
  rest();
  w.click("banner.0.action");
  ASSERT_TRUE(finished(w, 2)) << w.state();
  EXPECT_NE(made(w).find("\"how\":\"refine:0.35\""), std::string::npos);
  EXPECT_TRUE(w.wait_for_widget("compare"));
}

TEST_F(WindowFinish, TheListLiesInsideTheWindowInEveryLayout) {
  for (const Look& look : {Look{1000, 640, "en", "dark"}, Look{1280, 800, "zh", "light"},
                           Look{1366, 768, "en", "light"}, Look{640, 1000, "zh", "dark"},
                           Look{640, 1000, "en", "light"}}) {
    const std::string name = look.name_of("finish");
    fs::remove_all(folder_ / "state");
    WindowDriver w = open("6G", look.options(), look.width, look.height);
    make_one(w);
    open_list(w);
    ASSERT_TRUE(costs(w, 2, "4.7 GB")) << name;
    const json widgets = w.read()["widgets"];
    for (const char* const widget :
         {"finish.size.0", "finish.size.2", "finish.refine", "finish.same_seed", "finish.start"}) {
      ASSERT_TRUE(widgets.contains(widget)) << name << " " << widget;
      const json& at = widgets[widget];
      EXPECT_GE(at["x"].get<double>(), 0) << name << " " << widget;
      EXPECT_GE(at["y"].get<double>(), 0) << name << " " << widget;
      EXPECT_LE(at["x"].get<double>() + at["w"].get<double>(), look.width) << name << " " << widget;
      EXPECT_LE(at["y"].get<double>() + at["h"].get<double>(), widgets["finish"]["y"].get<double>())
          << name << " " << widget;
    }
    w.screenshot(name);
    w.click("finish.size.2");
    ASSERT_TRUE(can_start(w)) << name;
    rest();
    w.click("finish.start");
    ASSERT_TRUE(finished(w, 2)) << name;
    ASSERT_TRUE(w.wait_for_widget("compare")) << name;
    rest();
    w.screenshot(look.name_of("stacked"));
    EXPECT_EQ(w.close(10), 0);
  }
}

}  // namespace
}  // namespace headroom::test
