// Pictures of a long session. Real clicks on gui_demo's window.
#include "support/paths.h"
#include "support/window_driver.h"

#include <string>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

TEST(WindowPictures, ALongSessionDoesNotFillTheMemory) {
  WindowDriver w({.program = test::built_program("gui_demo"),
                  .arguments = {"--step-ms=1", "--total=24G", "--output={folder}/pictures"}});
  const auto enter = [&](const char* field, const char* number) {
    w.click(field);
    w.key("ctrl+a");
    w.type(number);
    w.key("Tab");
  };
  w.click("example.0");
  enter("steps.value", "1");
  enter("size.width", "1536");
  enter("size.height", "1536");
  // One after the other: those that are being made, saved and shown at the same time are many where
  // the window is slow, and no matter of how long the session is.
  const auto make_until = [&](int pictures) {
    for (bool made = true; made && w.state()["pictures"] < pictures;) {
      const int next = w.state()["pictures"].get<int>() + 1;
      w.key("ctrl+shift+Return");  // which no double press is
      made = w.wait([&](const json& s) { return s["pictures"] == next && s["jobs"] == 0; }, 60);
    }
    return w.state()["pictures"] == pictures;
  };
  ASSERT_TRUE(make_until(6));
  const long long early_kib = w.resident_kib();
  ASSERT_TRUE(make_until(20));
  // 7 MB each: the 14 since then would be 97 MB.
  EXPECT_LT(w.resident_kib() - early_kib, 60 * 1024);
  w.click("canvas");
  for (int i = 0; i < 19; ++i) w.key("Left");
  EXPECT_TRUE(w.wait([](const json& s) { return s["selected"] == 0; }));
  EXPECT_TRUE(w.wait_for_widget("picture")) << "an early one is read from its file";
}

}  // namespace
}  // namespace headroom::test
