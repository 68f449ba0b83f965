// Environment variables that are set in vain are named in the window: who starts the program from a
// menu sees no terminal.
#include "e2e/window_support.h"
#include "support/english.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace headroom::test {
namespace {

class WindowWarnings : public WindowEndToEnd {
 protected:
  // All that the window tells, above the canvas or under the bell, in any order.
  static std::vector<std::string> told(const WindowDriver& w, std::size_t count) {
    json banners;
    EXPECT_TRUE(w.wait([&](const json& s) {
      banners = s["banners"];
      return banners.size() + s["folded"].get<std::size_t>() == count;
    })) << w.state()["banners"];
    std::vector<std::string> all = banners.get<std::vector<std::string>>();
    std::ranges::sort(all);
    return all;
  }
};

TEST_F(WindowWarnings, NameASettingThatIsMisspeltAndIgnoreOtherPrograms) {
  WindowDriver w(
      launch({}, {"HEADROOM_MODEL_DEVIC=cpu", "HEADROOM_THREADS=2",
                  "HEADROOM_TELEMETRY_ENDPOINT=http://localhost", "HEADROOM_MODEL_THREADS="}));
  EXPECT_EQ(told(w, 2),
            (std::vector<std::string>{"HEADROOM_MODEL_DEVIC is set, but there is no such setting; "
                                      "did you mean HEADROOM_MODEL_DEVICE?",
                                      "HEADROOM_THREADS is set, but there is no such setting; did "
                                      "you mean HEADROOM_MODEL_THREADS?"}));
  w.screenshot("start_warnings");
  // They are no fault: the window works, and after a while they are under the bell.
  ASSERT_TRUE(w.wait([](const json& s) { return s["folded"] == 2; }, 30));
  w.click("bell");
  EXPECT_TRUE(w.wait_for_widget("bell.1"));
  w.screenshot("start_warnings_bell");
  w.key("Escape");
  w.click("example.0");
  EXPECT_TRUE(w.wait([](const json& s) { return s["can_generate"] == true; }, 60));
  EXPECT_EQ(w.close(30), 0);
}

TEST_F(WindowWarnings, NameAnAllocatorVariableThatIsNotUsed) {
  const std::vector<std::string> environment{"PYTORCH_NO_CUDA_MEMORY_CACHING=1",
                                             "PYTORCH_CUDA_ALLOC_CONF=max_split_size_mb:many"};
  {
    WindowDriver w(launch({}, environment));
    const std::vector<std::string> all = told(w, 2);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_TRUE(all[0].starts_with("PYTORCH_CUDA_ALLOC_CONF is not used: ")) << all[0];
    EXPECT_NE(all[0].find("max_split_size_mb"), std::string::npos) << all[0];
    EXPECT_EQ(all[1],
              "PYTORCH_NO_CUDA_MEMORY_CACHING is not used: it switches off the allocator that "
              "memory is planned for.");
    EXPECT_EQ(w.close(30), 0);
  }
  WindowDriver w(launch({"--language", "zh"}, environment));
  for (const std::string& one : told(w, 2)) {
    EXPECT_NE(one.find("没有使用 PYTORCH_"), std::string::npos) << one;
    EXPECT_EQ(english_in(one), "") << one;
  }
  w.screenshot("start_warnings_zh");
}

TEST_F(WindowWarnings, SayThatTheStepsOfAPictureAreNotKept) {
  const std::filesystem::path state = folder_ / "state" / "headroom";
  std::filesystem::create_directories(state);
  std::ofstream(state / "unfinished") << "a file where the folder should be";
  WindowDriver w(launch());
  w.click("example.0");
  choose_steps(w, 2);
  w.click("generate");
  EXPECT_TRUE(w.wait(
      [](const json& s) {
        return std::ranges::any_of(s["banners"], [](const json& banner) {
          return banner.get<std::string>().starts_with(
              "A picture that is cut short after its steps must be made anew");
        });
      },
      kPicture_s))
      << w.state()["banners"];
  EXPECT_TRUE(wait_until_made(w, 1));
  w.screenshot("steps_not_kept");
}

TEST_F(WindowWarnings, AreNoneWhereAllIsUsed) {
  WindowDriver w(
      launch({}, {"PYTORCH_CUDA_ALLOC_CONF=max_split_size_mb:64", "HEADROOM_WINDOW_THEME=light"}));
  rest(w);
  EXPECT_EQ(w.state()["theme"], "light");
  EXPECT_TRUE(w.state()["banners"].empty()) << w.state()["banners"];
  EXPECT_EQ(w.state()["folded"], 0);
}

}  // namespace
}  // namespace headroom::test
