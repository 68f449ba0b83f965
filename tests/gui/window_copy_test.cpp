// What can be taken out of the window. Real clicks and keys on gui_demo's window.
#include "support/paths.h"
#include "support/temp_folder.h"
#include "support/window_driver.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void make_one(WindowDriver& w) {
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
}

bool holds(const WindowDriver& w, const std::string& text) {
  return w.wait([&](const json&) { return w.clipboard() == text; }, 5);
}

TEST(WindowCopy, APictureItsPathAndEveryValue) {
  WindowDriver w({.program = test::built_program("gui_demo"),
                  .arguments = {"--step-ms=10", "--output={folder}/pictures"}});
  make_one(w);
  const std::string file = w.state()["picture_file"];
  w.key("Escape");  // out of the prompt
  w.click("canvas");
  w.key("ctrl+c");
  EXPECT_TRUE(w.wait([&](const json&) { return w.clipboard("image/png") == contents(file); }, 5));
  EXPECT_NE(w.clipboard("TARGETS").find("image/png"), std::string::npos);
  EXPECT_EQ(w.clipboard(), "") << "a picture is no text";
  w.key("ctrl+shift+c");
  EXPECT_TRUE(holds(w, file));
  EXPECT_EQ(w.clipboard("image/png"), "");
  w.click("value.picture.seed");
  EXPECT_TRUE(holds(w, "42"));
  w.screenshot("value_copied");
  w.click("value.prompt");
  EXPECT_TRUE(holds(w, "a cute orange cat"));
  w.click("value.picture.file");
  EXPECT_TRUE(holds(w, fs::path(file).filename().string()));
  w.click("copy_picture");
  EXPECT_TRUE(w.wait([&](const json&) { return w.clipboard("image/png") == contents(file); }, 5));
  w.click("prompt");
  w.key("ctrl+a");
  w.key("ctrl+c");
  EXPECT_TRUE(holds(w, "a cute orange cat")) << "in a field it copies text";
}

// Stand in for the desktop's programs and write down what they are asked.
class ShowInFolder : public ::testing::Test {
 protected:
  ShowInFolder() { fs::create_directory(folder_ / "bin"); }
  void install(const char* name, int exit_code) const {
    const fs::path file = folder_ / "bin" / name;
    std::ofstream(file) << "#!/bin/sh\nfor a in \"$@\"; do echo \"$a\"; done > \""
                        << folder_.string() << "/" << name << ".part\"\nmv \"" << folder_.string()
                        << "/" << name << ".part\" \"" << folder_.string() << "/" << name
                        << ".asked\"\nexit " << exit_code << "\n";
    fs::permissions(file, fs::perms::owner_all);
  }
  [[nodiscard]] WindowDriver open() const {
    return WindowDriver({.program = test::built_program("gui_demo"),
                         .arguments = {"--step-ms=10", "--output={folder}/my, pictures"},
                         .environment = {"PATH={folder}/bin:/usr/bin:/bin"},
                         .folder = folder_});
  }
  [[nodiscard]] std::string asked(const WindowDriver& w, const char* name) const {
    const fs::path file = folder_ / (std::string(name) + ".asked");
    EXPECT_TRUE(w.wait([&](const json&) { return fs::exists(file); }, 10)) << name;
    return contents(file);
  }
  const TempFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(ShowInFolder, AsksTheFileManagerToSelectTheFile) {
  install("dbus-send", 0);
  install("xdg-open", 0);
  WindowDriver w = open();
  make_one(w);
  w.click("show_in_folder");
  const std::string said = asked(w, "dbus-send");
  const std::string name = fs::path(w.state()["picture_file"].get<std::string>()).filename();
  EXPECT_NE(said.find("org.freedesktop.FileManager1.ShowItems\n"), std::string::npos) << said;
  EXPECT_NE(said.find("\narray:string:file://" + folder_.string() + "/my%2C%20pictures/" + name),
            std::string::npos)
      << said;
  EXPECT_FALSE(fs::exists(folder_ / "xdg-open.asked"));
}

TEST_F(ShowInFolder, OpensTheFolderWhereNoneCanSelect) {
  install("dbus-send", 1);
  install("xdg-open", 0);
  WindowDriver w = open();
  make_one(w);
  w.click("show_in_folder");
  EXPECT_EQ(asked(w, "xdg-open"), (folder_ / "my, pictures").string() + "\n");
}

}  // namespace
}  // namespace headroom::test
