// What the window of the real program says about memory, and whether it keeps it.
#include "e2e/window_support.h"

#include <algorithm>

namespace headroom::test {
namespace {

using WindowMemory = WindowEndToEnd;

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kReserve = 256 * kMiB;  // what a run must leave free

// The card is made so small that 768x768 just fits, in the most frugal way there is, and 1024x1024
// does not.
TEST_F(WindowMemory, ACappedPresetIsOffSaysWhyAndOffersTheSizeThatFits) {
  const std::string prompt = "a cute orange cat";
  const auto least = [&](const char* preset) {
    const json plan = run_json({"plan", "-p", prompt, "--preset", preset, "--pretend-vram", "260M",
                                "--device", "cpu", "--json"});
    EXPECT_EQ(plan["fits"], false) << preset;
    return plan["plan"]["peak_bytes"].get<std::int64_t>();
  };
  const std::int64_t budget = (least("768") + least("1024")) / 2;
  WindowDriver w(launch({"--pretend-vram", std::to_string(kReserve + budget)}));
  w.click("prompt");
  w.type(prompt);
  choose_steps(w, 3);
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["prompt"] == "a cute orange cat" && s["cards"]["1024"]["state"] == "short" &&
           s["cards"]["768"]["state"] == "slower";
  }));
  EXPECT_FALSE(w.read()["widgets"]["preset.1024"]["enabled"].get<bool>());
  EXPECT_FALSE(w.state()["cards"]["1024"]["recommended"].get<bool>());
  w.screenshot("capped");

  type_number(w, "size.width", "1024");
  type_number(w, "size.height", "1024");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["width"] == 1024 && s["height"] == 1024 && s["can_generate"] == false;
  }));
  EXPECT_NE(w.state()["reason"].get<std::string>().find("more memory"), std::string::npos);
  w.screenshot("capped_1024_chosen");

  w.click("preset.1024");
  ASSERT_TRUE(
      w.wait([](const json& s) { return s["can_generate"] == true && s["size_note"] != ""; }));
  EXPECT_LT(w.state()["width"].get<int>() * w.state()["height"].get<int>(), 1024 * 1024);
  w.click("preset.768");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768 && s["can_generate"] == true; }));
  w.click("generate");
  ASSERT_TRUE(wait_until_made(w, 1));
  const json receipt = inspect(w.state()["picture_file"].get<std::string>())["receipt"];
  EXPECT_LE(receipt["actual_peak_bytes"].get<std::int64_t>(), budget);
  EXPECT_GT(receipt["actual_peak_bytes"].get<std::int64_t>(), budget / 2);
}

TEST_F(WindowMemory, FivePicturesInARowHaveTheSamePeakAndLeaveNothingBehind) {
  constexpr int kPictures = 5;
  WindowDriver w(launch());
  w.click("example.0");
  choose_steps(w, 3);
  std::vector<std::int64_t> peaks;
  std::vector<long long> resident_kib;
  for (int i = 1; i <= kPictures; ++i) {
    w.click("generate");
    ASSERT_TRUE(wait_until_made(w, i));
    peaks.push_back(
        inspect(w.state()["picture_file"].get<std::string>())["receipt"]["actual_peak_bytes"]
            .get<std::int64_t>());
    resident_kib.push_back(w.resident_kib());
    RecordProperty("resident_kib_" + std::to_string(i), std::to_string(resident_kib.back()));
  }
  RecordProperty("peak_bytes", std::to_string(peaks.back()));
  rest(w);
  w.screenshot("five_pictures");
  EXPECT_EQ(peaks, std::vector<std::int64_t>(kPictures, peaks[0]));
  // The session keeps a picture of 0.75 MiB for each, and a texture; the rest is noise of malloc.
  EXPECT_LT(resident_kib[kPictures - 1] - resident_kib[1], 24 * 1024);
}

}  // namespace
}  // namespace headroom::test
