// Where no window of our own can be opened and there is no terminal, one of the desktop's programs
// says why the program did not start. Programs of these names are put in the place of the real
// ones.
#include "e2e/e2e_support.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class DesktopMessage : public EndToEnd {
 protected:
  DesktopMessage() {
    environment_["PATH"] = (folder_ / "desktop").string();
    environment_["DISPLAY"] = ":987";  // nothing is there
    environment_.erase("WAYLAND_DISPLAY");
    fs::create_directories(folder_ / "desktop");
    fs::create_directories(folder_ / "told");
  }
  // A program that writes its arguments down, each between brackets, and ends with `code`.
  void put_program(const std::string& name, int code) const {
    const fs::path file = folder_ / "desktop" / name;
    std::ofstream(file) << "#!/bin/sh\nfor word; do printf '[%s]' \"$word\"; done > '"
                        << (folder_ / "told" / name).string() << "'\nexit " << code << "\n";
    fs::permissions(file, fs::perms::owner_all);
  }
  void remove_programs() const {
    for (const char* const folder : {"desktop", "told"}) {
      fs::remove_all(folder_ / folder);
      fs::create_directories(folder_ / folder);
    }
  }
  void remove_told(const std::string& name) const { fs::remove(folder_ / "told" / name); }
  // What the program of this name was started with; empty: it was not.
  [[nodiscard]] std::string told_to(const std::string& name) const {
    return fs::exists(folder_ / "told" / name) ? read_bytes(folder_ / "told" / name) : "";
  }
  // The program as if installed without its libraries, so that it cannot even open a notice.
  [[nodiscard]] ProcessOptions without_libraries(std::vector<std::string> arguments) const {
    ProcessOptions process = options(std::move(arguments));
    process.program = folder_ / "prefix/bin/headroom";
    if (!fs::exists(process.program)) {
      fs::create_directories(process.program.parent_path());
      fs::copy_file(kProgram, process.program);
    }
    return process;
  }
  // Starts it and returns what it would tell: its only line on the terminal, after its name.
  [[nodiscard]] std::string start(const ProcessOptions& process) const {
    const ProcessResult result = run_process(process);
    EXPECT_EQ(result.exit_code, 1) << result.err;
    const std::string name = "headroom: ";
    EXPECT_TRUE(result.err.starts_with(name)) << result.err;
    EXPECT_EQ(lines(result.err).size(), 1U) << result.err;
    return lines(result.err).front().substr(name.size());
  }
};

TEST_F(DesktopMessage, IsShownByTheFirstProgramThatIsThere) {
  const ProcessOptions process = without_libraries({});
  const std::string text = start(process);  // where there is none, nothing else happens
  EXPECT_NE(text.find("the installation is incomplete"), std::string::npos) << text;
  const std::string shown = "[" + text + "]";
  put_program("notify-send", 0);
  EXPECT_EQ(start(process), text);
  EXPECT_EQ(told_to("notify-send"), "[Headroom]" + shown);
  remove_programs();
  put_program("notify-send", 0);
  put_program("xmessage", 0);
  EXPECT_EQ(start(process), text);
  EXPECT_EQ(told_to("xmessage"), "[-center][-title][Headroom]" + shown);
  EXPECT_EQ(told_to("notify-send"), "");
  put_program("kdialog", 0);
  remove_told("xmessage");
  EXPECT_EQ(start(process), text);
  EXPECT_EQ(told_to("kdialog"), "[--title][Headroom][--error]" + shown);
  EXPECT_EQ(told_to("xmessage"), "");
  put_program("zenity", 0);
  remove_told("kdialog");
  EXPECT_EQ(start(process), text);
  EXPECT_EQ(told_to("zenity"), "[--error][--no-markup][--title][Headroom][--text]" + shown);
  EXPECT_EQ(told_to("kdialog"), "");
}

TEST_F(DesktopMessage, IsShownByTheNextProgramWhereOneCannot) {
  const ProcessOptions process = without_libraries({});
  put_program("zenity", 1);  // closed by its cross
  put_program("kdialog", 0);
  const std::string text = start(process);
  EXPECT_NE(told_to("zenity"), "");
  EXPECT_EQ(told_to("kdialog"), "") << "once is enough";
  remove_programs();
  put_program("zenity", 255);  // cannot open the display
  put_program("kdialog", 127);
  put_program("notify-send", 0);
  EXPECT_EQ(start(process), text);
  EXPECT_NE(told_to("zenity"), "");
  EXPECT_NE(told_to("kdialog"), "");
  EXPECT_EQ(told_to("notify-send"), "[Headroom][" + text + "]");
}

TEST_F(DesktopMessage, IsForWindowsOnly) {
  put_program("zenity", 0);
  static_cast<void>(start(without_libraries({"plan"})));
  EXPECT_EQ(told_to("zenity"), "") << "a command has a terminal";
  environment_.erase("DISPLAY");
  static_cast<void>(start(without_libraries({})));
  EXPECT_EQ(told_to("zenity"), "") << "nobody would see it";
}

// The program is whole, but its window cannot be opened, nor its notice.
TEST_F(DesktopMessage, IsShownWhereNoWindowCanBeOpened) {
  put_program("zenity", 0);
  const ProcessResult result = run({"--device", "cpu"});
  EXPECT_NE(result.exit_code, 0);
  const std::string told = told_to("zenity");
  EXPECT_TRUE(told.starts_with("[--error][--no-markup][--title][Headroom][--text][")) << told;
  const std::string text = told.substr(told.rfind('[') + 1);
  EXPECT_NE(text.find("display"), std::string::npos) << text;
  EXPECT_NE(result.err.find(text.substr(0, text.size() - 1)), std::string::npos)
      << text << " and on the terminal: " << result.err;
}

}  // namespace
}  // namespace headroom::test
