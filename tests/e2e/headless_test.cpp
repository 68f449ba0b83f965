// The program as servers have it, without its window.
#include "headroom/image/image_reader.h"

#include "e2e/e2e_support.h"
#include "support/paths.h"

namespace headroom::test {
namespace {

class WithoutWindow : public EndToEnd {
 protected:
  [[nodiscard]] ProcessResult run_headless(std::vector<std::string> arguments) const {
    ProcessOptions call = options(std::move(arguments));
    call.program = test::build_folder() / "without-window/bin/headroom";
    return run_process(call);
  }
  [[nodiscard]] ProcessResult run_cmake(std::vector<std::string> arguments) const {
    ProcessOptions call = options(std::move(arguments));
    call.program = HEADROOM_CMAKE;
    call.folder = test::source_folder();
    return run_process(call, std::chrono::minutes(2));
  }
};

TEST_F(WithoutWindow, MakesPicturesAndSaysThatItHasNone) {
  const ProcessResult made = run_headless(quick({"-o", "a.png"}));
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(read_image(folder_ / "a.png").width, 128);
  std::filesystem::remove(folder_ / "a.png");
  expect_refused(run_headless({}), 2, {"built without its window", "headroom generate"});
}

// Nothing of a window is asked for, neither when it is configured nor by the linker.
TEST_F(WithoutWindow, IsWhatThePresetHeadlessBuilds) {
  const std::string build = (folder_ / "build").string();
  const ProcessResult configured = run_cmake({"--preset", "headless", "-B", build});
  ASSERT_EQ(configured.exit_code, 0) << configured.err;
  const std::string rules = read_bytes(folder_ / "build" / "build.ninja");
  EXPECT_NE(rules.find("no_window_command.cpp"), std::string::npos);
  for (const char* const word : {"imgui", "glfw", "src/gui"}) {
    EXPECT_EQ(rules.find(word), std::string::npos) << word;
  }
  const ProcessResult built =
      run_cmake({"--build", build, "--target",
                 "src/app/CMakeFiles/headroom_app.dir/commands/no_window_command.cpp.o"});
  EXPECT_EQ(built.exit_code, 0) << built.out << built.err;
}

}  // namespace
}  // namespace headroom::test
