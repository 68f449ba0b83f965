// What the window of the real program keeps when something fails or ends.
#include "e2e/window_support.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

using WindowEnd = WindowEndToEnd;

TEST_F(WindowEnd, APictureThatCannotBeSavedStaysAndIsSavedLater) {
  std::ofstream(folder_ / "blocked") << "a file where the folder should be";
  WindowDriver w(launch({}, {"HEADROOM_OUTPUT_FOLDER={folder}/blocked/pictures"}));
  w.click("example.0");
  choose_steps(w, 4);
  w.click("generate");
  ASSERT_TRUE(wait_until_made(w, 1));
  ASSERT_EQ(w.state()["banners"].size(), 1U);
  EXPECT_NE(w.state()["banners"][0].get<std::string>().find("blocked"), std::string::npos);
  EXPECT_EQ(w.state()["picture_file"], "");
  EXPECT_FALSE(w.read()["widgets"]["copy_path"]["enabled"].get<bool>());
  w.screenshot("not_saved");

  fs::remove(folder_ / "blocked");
  w.click("save_again");
  ASSERT_TRUE(w.wait([](const json& s) { return s["picture_file"] != ""; }));
  const auto files = pictures_in(folder_ / "blocked" / "pictures");
  ASSERT_EQ(files.size(), 1U);
  rest(w);
  ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; }));  // the note leaves
  w.click("banner.0.close");
  ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].empty(); }));
  rest(w);
  const Likeness alike = compare_canvas(w, "saved_later", files[0]);
  EXPECT_GT(alike.correlation, 0.99) << "what was saved is what the window kept";
}

TEST_F(WindowEnd, ClosesCleanlyInTheMiddleOfAJob) {
  WindowDriver w(launch());
  w.click("example.0");
  w.click("preset.1024");
  choose_steps(w, 100);
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["step"] > 0; }, 60));
  w.ask_to_close();
  ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == "ask"; }));
  w.click("close.now");
  const auto code = w.wait_for_exit(30);
  ASSERT_TRUE(code.has_value()) << "still running, or ended by a signal";
  EXPECT_EQ(*code, 0);
  EXPECT_TRUE(pictures_in(pictures_folder()).empty());
}

// What was kept of a picture stays where the next start finds it, until it is really saved.
TEST_F(WindowEnd, ATerminatedWindowOffersItsUnsavedPictureAtTheNextStart) {
  const std::size_t others = pictures_in(fs::current_path()).size();
  std::ofstream(folder_ / "blocked") << "a file where the folder should be";
  {
    WindowDriver w(launch({}, {"HEADROOM_OUTPUT_FOLDER={folder}/blocked/pictures"}));
    w.click("prompt");
    w.type("a red apple");
    choose_steps(w, 2);
    w.click("generate");
    ASSERT_TRUE(wait_until_made(w, 1));
    ASSERT_EQ(w.state()["picture_file"], "") << "not saved";
    choose_steps(w, 300);
    w.click("generate");
    ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
    EXPECT_EQ(w.terminate(30), 0);
  }
  EXPECT_EQ(pictures_in(fs::current_path()).size(), others) << "nothing is put where nobody looks";
  {
    WindowDriver w(launch());
    EXPECT_EQ(w.state()["prompt"], "a red apple");
    EXPECT_EQ(w.state()["offered"], 2);
    EXPECT_EQ(w.close(30), 0) << "what is only offered is kept, without a question";
  }
  {
    WindowDriver w(launch());
    ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] == 2; })) << "still";
    const auto said = w.state()["banners"][0].get<std::string>();
    EXPECT_NE(said.find("made, but not saved: 1"), std::string::npos) << said;
    w.screenshot("unsaved_offered");
    w.click("banner.0.action");
    // The folder is still not there, so it is not saved again, and nothing is given up.
    ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }, kPicture_s));
    EXPECT_EQ(w.state()["picture_file"], "");
    EXPECT_EQ(w.terminate(30), 0);
  }
  fs::remove(folder_ / "blocked");
  WindowDriver w(launch());
  ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] == 2; })) << w.state();
  w.click("banner.0.action");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1; }, kPicture_s));
  const auto files = pictures_in(folder_ / "blocked" / "pictures");
  ASSERT_EQ(files.size(), 1U) << "where it was to be saved";
  EXPECT_EQ(inspect(files[0])["settings"]["steps"], 2);
}

TEST_F(WindowEnd, ATerminatedWindowPutsAwayThePromptThatItCannotKeep) {
  std::ofstream(folder_ / "blocked") << "a file where the folder should be";
  const auto kept = [] {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::current_path())) {
      if (entry.path().filename().string().starts_with("headroom-session-"))
        files.push_back(entry.path());
    }
    return files;
  };
  for (const fs::path& file : kept()) fs::remove(file);
  WindowDriver w(launch({}, {"XDG_STATE_HOME={folder}/blocked"}));
  w.click("prompt");
  w.type("a red apple");
  ASSERT_TRUE(w.wait([](const json& s) { return s["prompt"] == "a red apple"; }));
  EXPECT_EQ(w.terminate(30), 0);
  ASSERT_EQ(kept().size(), 1U);
  // In the place of the session's file it would come back.
  fs::create_directories(folder_ / "state" / "headroom");
  fs::copy_file(kept()[0], folder_ / "state" / "headroom" / "session.json");
  fs::remove(kept()[0]);
  WindowDriver again(launch());
  EXPECT_EQ(again.state()["prompt"], "a red apple");
  EXPECT_EQ(again.terminate(30), 0);
  EXPECT_TRUE(kept().empty()) << "that session was kept where it belongs";
}

TEST_F(WindowEnd, LanguageAndThemeAreRememberedUntilAnotherIsAskedFor) {
  {
    WindowDriver w(launch());
    ASSERT_EQ(w.state()["language"], "en");
    ASSERT_EQ(w.state()["theme"], "dark");
    w.click("language");
    w.click("theme");
    ASSERT_TRUE(
        w.wait([](const json& s) { return s["language"] == "zh" && s["theme"] == "light"; }));
    EXPECT_EQ(w.close(30), 0);
  }
  {
    fs::remove(folder_ / "ui.json");
    WindowDriver w(launch());
    EXPECT_EQ(w.state()["language"], "zh");
    EXPECT_EQ(w.state()["theme"], "light");
    EXPECT_EQ(w.close(30), 0);
  }
  fs::remove(folder_ / "ui.json");
  WindowDriver w(launch({"--language", "en"}));
  EXPECT_EQ(w.state()["language"], "en");
  EXPECT_EQ(w.state()["theme"], "light");
}

// Killed while its picture is decoded, the window offers just that picture the next time.
TEST_F(WindowEnd, WhatWasSampledWhenItWasKilledIsOfferedAndDecoded) {
  const fs::path unfinished = folder_ / "state" / "headroom" / "unfinished";
  const auto waits = [&] {
    std::error_code none;
    const fs::directory_iterator files(unfinished, none);
    return std::any_of(begin(files), end(files), [](const fs::directory_entry& entry) {
      return entry.path().extension() == ".safetensors";
    });
  };
  std::string seed;
  {
    WindowDriver w(launch());
    w.click("example.0");
    w.click("preset.1024");
    choose_steps(w, 2);
    w.click("generate");
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!waits() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    kill(w.pid(), SIGKILL);
    w.wait_for_exit(20);
  }
  ASSERT_TRUE(waits());
  EXPECT_TRUE(pictures_in(pictures_folder()).empty());
  WindowDriver w(launch());
  ASSERT_TRUE(w.wait([](const json& s) { return s["offered"] == 1; }));
  w.screenshot("unfinished_offered");
  w.click("banner.0.action");
  ASSERT_TRUE(wait_until_made(w, 1));
  ASSERT_EQ(pictures_in(pictures_folder()).size(), 1U);
  EXPECT_FALSE(waits());
  const json told = inspect(pictures_in(pictures_folder())[0]);
  EXPECT_EQ(told["receipt"]["start"], "sampled");
  EXPECT_EQ(told["settings"]["width"], 1024);
}

}  // namespace
}  // namespace headroom::test
