// What becomes of the results of a repaint. Real clicks and keys on gui_demo's window.
#include "gui/picture_window.h"
#include "support/drawn_texts.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class WindowRepaint : public PictureWindow {
 protected:
  [[nodiscard]] WindowDriver open(std::vector<std::string> options = {}, int width = 1280,
                                  int height = 800) const {
    options.emplace_back("--step-ms=5");
    return PictureWindow::open(std::move(options), width, height);
  }
  // A picture, a mask on it, and three pictures in which what is masked is made anew.
  static void repaint_three(WindowDriver& w) {
    make_one(w);
    w.click("mask");
    ASSERT_TRUE(w.wait([](const json& s) { return s["painting"] == true; }));
    ASSERT_TRUE(w.wait_for_widget("mask.done"));
    rest();
    w.drag("mask.picture", 1, 60, 40);
    ASSERT_TRUE(w.wait([](const json& s) { return s["mask"] > 0; }));
    w.click("mask.done");
    if (!w.read()["widgets"].contains("count.value")) w.click("settings.fold");
    ASSERT_TRUE(w.wait_for_widget("count.value"));
    rest();
    w.click("count.value");
    w.key("ctrl+a");
    w.type("3");
    w.key("Tab");
    ASSERT_TRUE(w.wait([](const json& s) { return s["count"] == 3; }));
    w.key("ctrl+Return");
    ASSERT_TRUE(finished(w, 4)) << w.state();
    ASSERT_TRUE(w.wait_for_widget("apply.keep"));
  }
  [[nodiscard]] static bool says(const WindowDriver& w, const std::string& counter) {
    return w.wait([&](const json&) { return w.read()["says"].value("apply", "") == counter; }, 10);
  }
};

TEST_F(WindowRepaint, ResultsAreSteppedThroughAndOneIsKept) {
  WindowDriver w = open();
  repaint_three(w);
  ASSERT_TRUE(says(w, "3/3"));
  EXPECT_EQ(w.read()["widgets"]["apply.next"]["enabled"], false);
  w.screenshot("apply");
  w.click("apply.before");
  ASSERT_TRUE(says(w, "2/3"));
  EXPECT_EQ(w.state()["selected"], 2);
  w.click("apply.before");
  ASSERT_TRUE(says(w, "1/3"));
  EXPECT_EQ(w.read()["widgets"]["apply.before"]["enabled"], false);
  const std::string file = fs::path(w.state()["picture_file"].get<std::string>()).filename();
  w.click("apply.keep");
  ASSERT_TRUE(w.wait([&](const json& s) { return s["start"] == file; }));
  EXPECT_GT(w.state()["mask"], 0) << "the mask stays for the next touch";
  EXPECT_TRUE(w.wait([&](const json&) { return !w.read()["widgets"].contains("apply.keep"); }));
  w.click("canvas");
  w.key("ctrl+z");
  EXPECT_TRUE(w.wait_for_widget("apply.keep")) << "with a way back";
}

TEST_F(WindowRepaint, ADoubleClickDiscardsOne) {
  WindowDriver w = open();
  repaint_three(w);
  w.double_click("apply.discard");
  ASSERT_TRUE(says(w, "2/2"));
  rest();
  rest();
  EXPECT_TRUE(says(w, "2/2"));
}

TEST_F(WindowRepaint, ADiscardedResultComesBackToItsPlaceAndItsFileNeverWent) {
  WindowDriver w = open();
  repaint_three(w);
  w.click("apply.before");
  ASSERT_TRUE(says(w, "2/3"));
  const std::string file = w.state()["picture_file"];
  w.click("apply.discard");
  ASSERT_TRUE(says(w, "2/2")) << "the next one is looked at";
  EXPECT_EQ(w.state()["pictures"], 3);
  EXPECT_TRUE(fs::exists(file));
  EXPECT_EQ(w.state()["banners"].back(), "The picture was put away. Its file stays in the folder.");
  const std::string action =
      "banner." + std::to_string(w.state()["banners"].size() - 1) + ".action";
  ASSERT_TRUE(w.wait_for_widget(action));
  w.click(action);
  ASSERT_TRUE(w.wait([&](const json& s) { return s["picture_file"] == file; })) << w.state();
  EXPECT_TRUE(says(w, "2/3"));
  // By keys: the last two, then the way back of both.
  w.click("canvas");
  w.key("Delete");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 3; }));
  w.key("Delete");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 2; }));
  w.key("ctrl+z");
  w.key("ctrl+z");
  EXPECT_TRUE(w.wait([](const json& s) { return s["pictures"] == 4; }));
}

// Three pictures of sixteen steps that start from one: 0.7 s and 0.3 s, and for each 5.3 s.
TEST_F(WindowRepaint, MoreRepaintsTheSameForThePriceThatItSays) {
  WindowDriver w = open();
  repaint_three(w);
  EXPECT_TRUE(wait_for_text(w, "More · 3.9 GB · 1"));
  // Whatever the draft is by now.
  w.click("prompt");
  w.key("ctrl+a");
  w.type("a blue cat");
  w.click("apply.more");
  ASSERT_TRUE(finished(w, 7)) << w.state();
  EXPECT_TRUE(says(w, "6/6"));
  EXPECT_TRUE(w.wait_for_words("value.prompt", "a red fox"));
  EXPECT_EQ(w.state()["prompt"], "a blue cat");
}

TEST_F(WindowRepaint, TheStripLiesInsideTheCanvasInEveryLayout) {
  for (const Look& look : {Look{1000, 640, "en", "dark"}, Look{1280, 800, "zh", "light"},
                           Look{640, 1000, "zh", "dark"}, Look{640, 1000, "en", "light"}}) {
    const std::string name = look.name_of("apply");
    fs::remove_all(folder_ / "state");
    WindowDriver w = open(look.options(), look.width, look.height);
    repaint_three(w);
    const json widgets = w.read()["widgets"];
    const auto right = [&](const char* widget) {
      return widgets[widget]["x"].get<double>() + widgets[widget]["w"].get<double>();
    };
    EXPECT_GE(widgets["apply.before"]["x"].get<double>(), widgets["canvas"]["x"].get<double>());
    EXPECT_LE(right("apply.more"), right("canvas")) << name;
    rest();
    w.screenshot(name);
    EXPECT_EQ(w.close(10), 0);
  }
}

}  // namespace
}  // namespace headroom::test
