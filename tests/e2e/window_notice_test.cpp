// Installations and displays that lack something: still there is a window that says so, with a way
// on.
#include "e2e/window_support.h"
#include "support/paths.h"

#include <fstream>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class WindowNotice : public WindowEndToEnd {
 protected:
  // The program as it is installed, but for one of the things that it reads.
  [[nodiscard]] Launch launch_without(const char* missing,
                                      std::vector<std::string> environment = {}) const {
    const fs::path built = test::built_program(HEADROOM_PROGRAM).parent_path().parent_path();
    const fs::path prefix = folder_ / "prefix";
    fs::create_directories(prefix / "bin");
    fs::create_directories(prefix / "share/headroom");
    fs::copy_file(test::built_program(HEADROOM_PROGRAM), prefix / "bin/headroom");
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

TEST_F(WindowNotice, StartsWithAnotherModelThatIsTypedFoundOrDropped) {
  // In a folder that was added in the window.
  fs::create_directories(folder_ / "models");
  fs::create_directory_symlink(test::starter_model(), folder_ / "models/other");
  const std::string other = (folder_ / "models/other").string();
  fs::create_directories(folder_ / "state/headroom");
  std::ofstream(folder_ / "state/headroom/model_folders") << (folder_ / "models").string() << "\n";
  const Launch broken = launch_without("starter-model");
  {
    WindowDriver w(broken);
    ASSERT_TRUE(w.wait([&](const nlohmann::json& s) { return s["models"] == json({other}); }, 60));
    w.screenshot("notice_models");
    w.click("path");
    w.type((folder_ / "models/nothing").string());
    w.key("Return");
    // What is wrong with that one is said, and one can choose again.
    ASSERT_TRUE(w.wait(
        [](const nlohmann::json& s) {
          return s["notice"].get<std::string>().find("models/nothing") != std::string::npos;
        },
        60));
    ASSERT_TRUE(w.wait_for_widget("model.0", 60));
    w.click("model.0");
    EXPECT_TRUE(w.wait_for_widget("generate", 60));
    w.screenshot("notice_went_on");
    EXPECT_EQ(w.close(20), 0);
  }
  WindowDriver w(broken);
  ASSERT_TRUE(w.drop("path", {other}));
  EXPECT_TRUE(w.wait_for_widget("generate", 60));
}

TEST_F(WindowNotice, TriesAgain) {
  WindowDriver w(launch_without("starter-model"));
  fs::create_directory_symlink(test::starter_model(),
                               folder_ / "prefix/share/headroom/starter-model");
  w.click("again");
  EXPECT_TRUE(w.wait_for_widget("generate", 60));
}

TEST_F(WindowNotice, SaysThatLibtorchIsMissingAndTriesAgain) {
  Launch launched = launch_without("nothing");
  const fs::path lib = folder_ / "prefix/lib";
  const fs::path built = fs::read_symlink(lib);
  fs::remove(lib);
  fs::create_directories(lib);
  fs::copy_file(built / "libheadroom_notice.so", lib / "libheadroom_notice.so");
  // A library that cannot be loaded, as ours without libtorch.
  std::ofstream(lib / "libheadroom_app.so") << "";
  WindowDriver w(launched);
  const std::string text = w.state()["notice"];
  EXPECT_NE(text.find("libheadroom_app.so"), std::string::npos) << text;
  EXPECT_NE(text.find("scripts/setup.sh"), std::string::npos) << text;
  w.screenshot("notice_libtorch");
  fs::remove(lib / "libheadroom_app.so");
  fs::create_symlink(built / "libheadroom_app.so", lib / "libheadroom_app.so");
  w.click("again");
  EXPECT_TRUE(w.wait_for_widget("generate", 60));
  EXPECT_EQ(w.close(20), 0);
}

TEST_F(WindowNotice, SaysInChineseThatLibtorchIsMissing) {
  Launch launched = launch_without("nothing", {"LC_ALL=zh_CN.UTF-8"});
  const fs::path lib = folder_ / "prefix/lib";
  const fs::path built = fs::read_symlink(lib);
  fs::remove(lib);
  fs::create_directories(lib);
  fs::copy_file(built / "libheadroom_notice.so", lib / "libheadroom_notice.so");
  WindowDriver w(launched);
  EXPECT_NE(w.state()["notice"].get<std::string>().find("安装"), std::string::npos);
  w.screenshot("notice_libtorch_zh");
  w.click("close");
  EXPECT_EQ(w.wait_for_exit(20), 1);
}

// What the window shows without OpenGL is what it shows with it.
TEST_F(WindowNotice, OpensWithoutOpenGl) {
  const auto shot = [&](const char* name, std::vector<std::string> environment) {
    environment.push_back("XDG_STATE_HOME={folder}/" + std::string(name));
    WindowDriver w(launch({}, std::move(environment)));
    w.click("example.0");
    choose_steps(w, 1);
    w.click("generate");
    EXPECT_TRUE(wait_until_made(w, 1));
    rest(w);
    EXPECT_TRUE(w.wait([](const nlohmann::json& s) { return s["steps"] == 1; }));
    w.screenshot(name);
    const fs::path file = pictures_in(pictures_folder()).front();
    const Likeness canvas = compare_canvas(w, name, file);
    EXPECT_GT(canvas.correlation, 0.99) << name;
    fs::remove(file);
    EXPECT_EQ(w.close(20), 0);
  };
  shot("with_opengl", {});
  shot("without_opengl", {"MESA_GL_VERSION_OVERRIDE=2.1"});
}

TEST_F(WindowNotice, NeedsNoFilesOfLanguages) {
  WindowDriver w(launch_without("lang"));
  EXPECT_NE(w.state()["notice"].get<std::string>().find("lang"), std::string::npos);
  EXPECT_EQ(w.terminate(20), 2);
}

}  // namespace
}  // namespace headroom::test
