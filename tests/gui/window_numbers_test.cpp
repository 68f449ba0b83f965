// Numbers as people paste them into the fields of the window.
#include "open_demo.h"
#include "support/window_driver.h"

#include <string>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

constexpr const char* kParameters =
    "a cat\nNegative prompt: blur\nSteps: 30, Sampler: Euler, CFG scale: 4, Seed: 7, Size: "
    "832x1216, Model: m";

class WindowNumbers : public testing::Test {
 protected:
  void paste_only(const char* field, const char* text) {
    w.click(field);
    ASSERT_TRUE(w.wait([](const json& s) { return s["editing"] == true; })) << field;
    w.key("ctrl+a");
    w.paste(text);
  }
  void paste(const char* field, const char* text) {
    paste_only(field, text);
    w.key("Tab");
  }
  bool is(const char* key, double number, const std::string& note = "") {
    return w.wait([&](const json& s) { return s[key] == number && s["number_note"] == note; }, 8);
  }
  bool size_is(int width, int height, const std::string& note = "") {
    return w.wait(
        [&](const json& s) {
          return s["width"] == width && s["height"] == height &&
                 s["size_note"].get<std::string>().find(note) != std::string::npos;
        },
        8);
  }

  WindowDriver w = open_demo({});
};

TEST_F(WindowNumbers, AreTakenUnderTheirNamesAndWithTheirUnits) {
  paste("steps.value", "Steps: 30");
  EXPECT_TRUE(is("steps", 30)) << w.state();
  paste("steps.value", "12 steps");
  EXPECT_TRUE(is("steps", 12)) << w.state();
  paste("guidance.value", "3,5");
  EXPECT_TRUE(is("guidance", 3.5)) << w.state();
  paste("guidance.value", "CFG scale: 4");
  EXPECT_TRUE(is("guidance", 3, "CFG scale 4 is guidance 3.")) << w.state();
  paste("seed", "Seed: 5");
  EXPECT_TRUE(w.wait([](const json& s) { return s["seed"] == "5"; })) << w.state();
}

TEST_F(WindowNumbers, AreFoundInAllThatAPictureSays) {
  paste("steps.value", kParameters);
  EXPECT_TRUE(is("steps", 30)) << w.state();
  paste("guidance.value", kParameters);
  EXPECT_TRUE(is("guidance", 3, "CFG scale 4 is guidance 3.")) << w.state();
  paste("size.height", kParameters);
  EXPECT_TRUE(size_is(832, 1216)) << w.state();
}

TEST_F(WindowNumbers, OfASizeAreBothTakenFromEitherField) {
  paste("size.width", "1024x768");
  EXPECT_TRUE(size_is(1024, 768)) << w.state();
  paste("size.height", "832*1216");
  EXPECT_TRUE(size_is(832, 1216)) << w.state();
  w.click("size.lock");
  paste("size.width", "768×512");
  EXPECT_TRUE(size_is(768, 512)) << w.state();
  paste("size.width", "1152px");
  EXPECT_TRUE(size_is(1152, 768)) << "the ratio is that of the pasted size: " << w.state();
  w.click("size.lock");
  paste("size.width", "99999x512");
  EXPECT_TRUE(size_is(8192, 512, "from 64 to 8192")) << w.state();
  paste("size.width", "512x99999");
  EXPECT_TRUE(size_is(512, 8192, "from 16 to 8192")) << w.state();
}

TEST_F(WindowNumbers, APasteThatIsNoneLeavesTheFieldAndSaysSoAtOnce) {
  paste("steps.value", "12");
  ASSERT_TRUE(is("steps", 12));
  paste_only("steps.value", "Seed: 5");
  EXPECT_TRUE(is("steps", 12, "“Seed: 5” is no number, so nothing was changed.")) << w.state();
  w.key("Tab");
  EXPECT_TRUE(is("steps", 12, "“Seed: 5” is no number, so nothing was changed.")) << w.state();
  // Two cells of a table, with a tab between them, are not one number.
  paste_only("steps.value", "8\t2");
  EXPECT_TRUE(is("steps", 12, "“8 2” is no number, so nothing was changed.")) << w.state();
  w.key("Tab");
  paste("size.width", "640x512");
  ASSERT_TRUE(size_is(640, 512));
  paste_only("size.width", "a cat");
  EXPECT_TRUE(size_is(640, 512, "“a cat” is no number")) << w.state();
  w.key("Tab");
  EXPECT_TRUE(size_is(640, 512)) << w.state();
  // What was said of it goes with the next change, of whatever kind.
  paste("steps.value", "13");
  EXPECT_TRUE(w.wait([](const json& s) { return s["steps"] == 13 && s["size_note"] == ""; }))
      << w.state();
}

}  // namespace
}  // namespace headroom::test
