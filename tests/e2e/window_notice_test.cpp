// Installations that are broken: still there is a window that says so.
#include "e2e/window_support.h"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class WindowNotice : public WindowEndToEnd {
 protected:
  // The program as it is installed, but for one of the things that it reads.
  [[nodiscard]] Launch launch_without(const char* missing,
                                      std::vector<std::string> environment = {}) const {
    const fs::path built = fs::path(HEADROOM_PROGRAM).parent_path().parent_path();
    const fs::path prefix = folder_ / "prefix";
    fs::create_directories(prefix / "bin");
    fs::create_directories(prefix / "share/headroom");
    fs::copy_file(HEADROOM_PROGRAM, prefix / "bin/headroom");
    fs::create_directory_symlink(built / "lib", prefix / "lib");
    for (const auto& item : fs::directory_iterator(built / "share/headroom")) {
      if (item.path().filename() == missing) continue;
      fs::create_symlink(item.path(), prefix / "share/headroom" / item.path().filename());
    }
    Launch launched = launch({}, std::move(environment));
    launched.first_widget = "close";
    launched.program = (prefix / "bin/headroom").string();
    return launched;
  }
};

TEST_F(WindowNotice, SaysThatTheStarterModelIsMissing) {
  WindowDriver w(launch_without("starter-model"));
  EXPECT_NE(w.state()["notice"].get<std::string>().find("starter-model"), std::string::npos);
  w.screenshot("notice");
  w.click("copy");
  EXPECT_TRUE(
      w.wait([&](const nlohmann::json&) { return w.clipboard() == w.state()["notice"]; }, 5));
  w.click("close");
  EXPECT_EQ(w.wait_for_exit(20), 3);
}

TEST_F(WindowNotice, SpeaksChineseAndClosesWithEscape) {
  WindowDriver w(launch_without("starter-model", {"LC_ALL=zh_CN.UTF-8"}));
  EXPECT_EQ(w.state()["language"], "zh");
  w.screenshot("notice_zh");
  w.key("Escape");
  EXPECT_EQ(w.wait_for_exit(20), 3);
}

TEST_F(WindowNotice, NeedsNoFilesOfLanguages) {
  WindowDriver w(launch_without("lang"));
  EXPECT_NE(w.state()["notice"].get<std::string>().find("lang"), std::string::npos);
  EXPECT_EQ(w.terminate(20), 2);
}

}  // namespace
}  // namespace headroom::test
