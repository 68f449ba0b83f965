// What the window says of a job that runs or has just ended. Real clicks on gui_demo's window.
#include "open_demo.h"
#include "support/window_driver.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

void enter(WindowDriver& w, const std::string& field, const std::string& text) {
  w.click(field);
  w.key("ctrl+a");
  w.type(text);
  w.key("Tab");
}

TEST(WindowProgress, TheBarOfSeveralPicturesIsThatOfTheJob) {
  WindowDriver w = open_demo({"--step-ms=40"});
  w.click("example.0");
  enter(w, "count.value", "5");
  enter(w, "steps.value", "10");
  w.click("generate");
  double before = 0;
  double backwards = 0;
  bool early = true;
  ASSERT_TRUE(w.wait(
      [&](const json& s) {
        if (s["running"] == false) return s["pictures"] == 5;
        const double done = s["job_done"];
        backwards = std::max(backwards, before - done);
        // Of five pictures the third is being made: two fifths are done, and no more than three.
        if (s["image_index"] == 2) early = early && done > 0.35 && done < 0.65;
        if (done > 0 && before < 0.5 && done > 0.3) w.screenshot("progress_job");
        before = done;
        return false;
      },
      60));
  EXPECT_GT(before, 0.8);
  EXPECT_LT(backwards, 0.1) << "it never begins anew";
  EXPECT_TRUE(early);
}

TEST(WindowProgress, ACancelLeavesItsTraceUntilTheNextAction) {
  WindowDriver w = open_demo({"--step-ms=60"});
  w.click("example.0");
  enter(w, "steps.value", "5");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  ASSERT_TRUE(w.wait_for_words("progress", "Made in"));
  enter(w, "steps.value", "300");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["step"] > 2; }));
  w.click("cancel");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 0; }));
  EXPECT_TRUE(w.wait_for_words("progress", "Cancelled at step"));
  EXPECT_TRUE(w.wait_for_words("progress", "of 300"));
  w.screenshot("cancelled");
  w.click("strip.0");
  EXPECT_TRUE(w.wait_for_words("progress", "Made in"));
}

TEST(WindowProgress, ACancelLeavesItsTraceWhereTheNextJobBeginsAtOnce) {
  for (const std::string language : {"en", "zh"}) {
    WindowDriver w = open_demo({"--step-ms=60", "--language=" + language});
    w.click("example.0");
    enter(w, "steps.value", "300");
    w.click("generate");
    ASSERT_TRUE(w.wait([](const json& s) { return s["step"] > 2; }));
    w.click("generate");
    ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 2; }));
    w.click("cancel");
    const std::string words = language == "en" ? "Cancelled at step" : "已取消，停在第";
    EXPECT_TRUE(w.wait([&](const json& s) {
      return s["jobs"] == 1 && s["running"] == true && s["banners"].size() == 1 &&
             s["banners"][0].get<std::string>().find(words) != std::string::npos;
    })) << w.state();
    w.screenshot("cancelled_next_runs_" + language);
  }
}

TEST(WindowProgress, ARandomSeedIsShownWhileItsPictureIsMade) {
  WindowDriver w = open_demo({"--step-ms=400"});
  w.click("example.0");
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
  EXPECT_TRUE(w.wait_for_words("value.picture.seed", "42", 5)) << "the fake's own choice";
  EXPECT_EQ(w.state()["pictures"], 0);
}

TEST(WindowSeconds, AreMarkedWhereNoRunHasToldYet) {
  for (const bool estimated : {true, false}) {
    WindowDriver w = open_demo({estimated ? "--seconds=estimated" : "--seconds=known"});
    const std::string time = estimated ? "≈ 6 s" : "6 s";
    const auto says = [&](const char* name) {
      EXPECT_TRUE(w.wait_for_words(name, time)) << name;
      return w.read()["says"][name].get<std::string>();
    };
    EXPECT_EQ(says("preset.512"), time);
    EXPECT_EQ(says("plan").find("≈") != std::string::npos, estimated);
    w.hover("gauge");
    EXPECT_EQ(says("gauge.Next run takes"), time);
    w.screenshot(estimated ? "seconds_estimated" : "seconds_known");
  }
}

TEST(WindowProgress, APictureSaysThatItsRunWasReplanned) {
  WindowDriver w = open_demo({"--step-ms=10"});
  w.click("prompt");
  w.type("squeezed");
  w.key("ctrl+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["pictures"] == 1 && s["jobs"] == 0; }));
  EXPECT_TRUE(w.wait_for_words("value.picture.memory", "3.3 → re-planned 2.0 GB"));
  EXPECT_TRUE(w.wait_for_words("value.0", "actual 2.0 GB"));
  w.screenshot("replanned");
}

TEST(WindowHostMemory, StandsBesideTheDevicesWhereAPlanTakesSome) {
  WindowDriver w = open_demo({"--host=1536M"});
  const std::string column = "1.5 GB held, 1.5 GB of files read at every step";
  w.click("plan");
  EXPECT_TRUE(w.wait_for_words("plan.host", column));
  w.screenshot("host_memory");
  w.hover("preset.768");
  EXPECT_TRUE(w.wait_for_words("tip", column));
  w.hover("gauge");
  EXPECT_TRUE(w.wait_for_words("gauge.Next run, main memory", "1.5 GB"));
  EXPECT_TRUE(w.wait_for_words("gauge.Files read at every step", "1.5 GB"));
}

}  // namespace
}  // namespace headroom::test
