// The words of the question at closing: what is said to be lost would be lost, and nothing else.
// Real events on gui_demo's window, whose pictures are not kept elsewhere; for those that are, see
// the test of the real program.
#include "mask_window.h"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class WindowClosing : public WindowMask {
 protected:
  // Whoever writes as root is stopped by no permission: a file is where the folder should be.
  void block_state() const { std::ofstream(folder_ / "state") << "not a folder"; }
  // Asks to close and returns what the question says, by name; none if the window just closes.
  static json asked(WindowDriver& w) {
    w.ask_to_close();
    return question(w);
  }
  static json question(const WindowDriver& w) {
    json said = json::object();
    if (!w.wait_for_widget("close.stay", 10)) return said;
    rest();
    const json all = w.read()["says"];
    for (const auto& [name, words] : all.items()) {
      if (name.starts_with("close.")) said[name] = words;
    }
    return said;
  }
  static void stay(WindowDriver& w) {
    w.click("close.stay");
    ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == ""; }));
    rest();
  }
};

TEST_F(WindowClosing, NamesWhatCannotBeKeptAndNothingElse) {
  block_state();
  WindowDriver w = open({"--step-ms=5"});
  write_prompt(w, "a red fox");
  EXPECT_EQ(asked(w), json({{"close.forgotten", "Lost if you quit now: the prompt."}}));
  stay(w);
  w.key("ctrl+Return");
  ASSERT_TRUE(finished(w, 1));
  w.click("prompt");
  w.key("ctrl+a");
  w.type("a blue hare");
  w.click("negative.fold");
  w.click("negative");
  w.type("fog");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a blue hare"; }));
  EXPECT_EQ(asked(w),
            json({{"close.forgotten", "Lost if you quit now: the prompt, the negative prompt."}}))
      << "the other prompt is in a picture that is saved";
  stay(w);
  take(w);
  start_painting(w);
  box(w, 0.25, 0.25);
  ASSERT_TRUE(masked(w, 6, 7));
  EXPECT_EQ(asked(w), json({{"close.forgotten",
                             "Lost if you quit now: the prompt, the negative prompt, the mask."}}));
  stay(w);
  // Kept after all, it is not lost.
  fs::remove(folder_ / "state");
  ASSERT_TRUE(w.wait([](const json& s) { return s["unkept"] == false; }));
  EXPECT_EQ(w.close(10), 0);
}

TEST_F(WindowClosing, SaysOfJobsThatTheyAreOfferedAgainOrLost) {
  std::ofstream(folder_ / "hold") << "both jobs are there until all is asked";
  for (const bool kept : {true, false}) {
    if (!kept) block_state();
    WindowDriver w = open({"--hold-file={folder}/hold"});
    write_prompt(w, "a red fox");
    w.key("ctrl+Return");
    ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
    rest();
    w.key("ctrl+Return");
    ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 2; }));
    json expected{{"close.jobs", "1 is being made, 1 waiting."}};
    if (kept) {
      expected["close.jobs"] =
          "1 is being made, 1 waiting. What is not made is offered again at the next start.";
    } else {
      expected["close.forgotten"] = "Lost if you quit now: the prompt, the queue.";
    }
    EXPECT_EQ(asked(w), expected);
    w.click("close.now");
    EXPECT_EQ(w.wait_for_exit(20), 0);
    if (kept) {
      WindowDriver again = open();
      EXPECT_TRUE(again.wait([](const json& s) { return s["offered"] == 2; }));
      EXPECT_EQ(again.close(10), 0);
      fs::remove_all(folder_ / "state");
    }
  }
}

TEST_F(WindowClosing, APictureIsLostUntilItIsSaved) {
  WindowDriver w = open({"--step-ms=5", "--save=fails"});
  write_prompt(w, "a red fox");
  w.key("ctrl+Return");
  ASSERT_TRUE(finished(w, 1));
  EXPECT_EQ(asked(w),
            json({{"close.unsaved",
                   "Pictures that are not saved: 1. They are lost when the window closes."}}));
  stay(w);
  w.click("save_again");
  ASSERT_TRUE(w.wait([](const json& s) { return s["picture_file"] != ""; }));
  EXPECT_EQ(w.close(10), 0);
}

// A new start asks about the prompt only, for pictures are saved elsewhere before it.
TEST_F(WindowClosing, APictureIsNotLostByANewStart) {
  block_state();
  WindowDriver w = open({"--step-ms=5", "--save=never"});
  write_prompt(w, "a red fox");
  w.key("ctrl+Return");
  ASSERT_TRUE(finished(w, 1));
  w.click("prompt");
  w.key("ctrl+a");
  w.type("lose the device");
  w.key("ctrl+Return");
  // The warning that nothing is kept folds away by itself.
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["folded"] == 1 && s["banners"].size() == 2 &&
           s["banners"][1].get<std::string>().find("driver") != std::string::npos;
  })) << w.state()["banners"];
  rest();
  w.click("banner.1.action");
  json said = question(w);
  EXPECT_EQ(said["close.unsaved"],
            "Pictures that are not saved: 1. They are saved in another folder before the new "
            "start.");
  EXPECT_TRUE(said.contains("close.forgotten")) << said;
  w.screenshot("close_new_start");
  stay(w);
  said = asked(w);
  EXPECT_EQ(said["close.unsaved"],
            "Pictures that are not saved: 1. They are lost when the window closes.")
      << "without a new start";
  stay(w);
  w.click("banner.1.action");
  ASSERT_TRUE(question(w).contains("close.unsaved"));
  w.click("close.now");
  ASSERT_EQ(w.wait_for_exit(20), 0);
  EXPECT_FALSE(fs::is_empty(folder_ / "rescued"));
}

}  // namespace
}  // namespace headroom::test
