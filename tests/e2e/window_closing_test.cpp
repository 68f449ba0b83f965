// What the real program says to be lost when its window closes is lost, and nothing else.
#include "e2e/window_support.h"

#include <fstream>

namespace headroom::test {
namespace {

class WindowClosing : public WindowEndToEnd {
 protected:
  WindowClosing() { std::ofstream(folder_ / "blocked") << "a file where a folder should be"; }
  // Makes a picture that cannot be saved, and returns what the question at closing says, by name.
  json asked_over_unsaved(WindowDriver& w) const {
    w.click("prompt");
    w.type("a red apple");
    choose_steps(w, 2);
    w.click("generate");
    EXPECT_TRUE(wait_until_made(w, 1));
    EXPECT_EQ(w.state()["picture_file"], "");
    w.ask_to_close();
    EXPECT_TRUE(w.wait_for_widget("close.stay"));
    json said = json::object();
    const json all = w.read()["says"];
    for (const auto& [name, words] : all.items()) {
      if (name.starts_with("close.")) said[name] = words;
    }
    return said;
  }
  // Closes in spite of it.
  static void close_now(WindowDriver& w) {
    w.click("close.now");
    EXPECT_EQ(w.wait_for_exit(30), 0);
  }
};

TEST_F(WindowClosing, APictureWhoseLatentsAreKeptIsOfferedAgainAndNotLost) {
  {
    WindowDriver w(launch({}, {"HEADROOM_OUTPUT_FOLDER={folder}/blocked/pictures"}));
    EXPECT_EQ(
        asked_over_unsaved(w),
        json({{"close.unsaved.kept",
               "Pictures that are not saved: 1. They are offered again at the next start."}}));
    w.screenshot("closing_kept");
    close_now(w);
  }
  WindowDriver w(launch());
  EXPECT_TRUE(w.wait([](const json& s) { return s["offered"] == 1; }));
  EXPECT_EQ(w.state()["prompt"], "a red apple");
}

TEST_F(WindowClosing, OneOfWhichNothingCanBeKeptIsLost) {
  {
    WindowDriver w(launch({}, {"HEADROOM_OUTPUT_FOLDER={folder}/blocked/pictures",
                               "XDG_STATE_HOME={folder}/blocked"}));
    EXPECT_EQ(asked_over_unsaved(w),
              json({{"close.unsaved",
                     "Pictures that are not saved: 1. They are lost when the window closes."},
                    {"close.forgotten", "Lost if you quit now: the prompt."}}));
    w.screenshot("closing_lost");
    close_now(w);
  }
  WindowDriver w(launch());
  EXPECT_EQ(w.state()["offered"], 0);
  EXPECT_EQ(w.state()["prompt"], "");
}

}  // namespace
}  // namespace headroom::test
