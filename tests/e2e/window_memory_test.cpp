// What the window of the real program says about memory, and whether it keeps it.
#include "e2e/window_support.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

namespace headroom::test {
namespace {

using WindowMemory = WindowEndToEnd;

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kReserve = 256 * kMiB;  // what a run must leave free, as said below

// The card is made so small that 768x768 just fits, in the most frugal way there is, and 1024x1024
// does not.
TEST_F(WindowMemory, ACappedPresetIsOffSaysWhyAndOffersTheSizeThatFits) {
  const std::string prompt = "a cute orange cat";
  const auto least = [&](const char* preset) {
    const json plan = run_json({"plan", "-p", prompt, "--preset", preset, "--pretend-vram", "260M",
                                "--vram-reserve", "256M", "--device", "cpu", "--json"});
    EXPECT_EQ(plan["fits"], false) << preset;
    return plan["plan"]["peak_bytes"].get<std::int64_t>();
  };
  const std::int64_t budget = (least("768") + least("1024")) / 2;
  WindowDriver w(
      launch({"--pretend-vram", std::to_string(kReserve + budget), "--vram-reserve", "256M"}));
  w.click("prompt");
  w.type(prompt);
  choose_steps(w, 3);
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["prompt"] == "a cute orange cat" && s["cards"]["1024"]["state"] == "short" &&
           s["cards"]["768"]["state"] != "short" && s["cards"]["768"]["state"] != "pending";
  }));
  EXPECT_FALSE(w.read()["widgets"]["preset.1024"]["enabled"].get<bool>());
  EXPECT_FALSE(w.state()["cards"]["1024"]["recommended"].get<bool>());
  w.screenshot("capped");

  type_number(w, "size.width", "1024");
  type_number(w, "size.height", "1024");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["width"] == 1024 && s["height"] == 1024 && s["can_generate"] == false;
  }));
  EXPECT_NE(w.state()["reason"].get<std::string>().find("256 kept free = "), std::string::npos);
  w.screenshot("capped_1024_chosen");

  w.click("preset.1024");
  ASSERT_TRUE(
      w.wait([](const json& s) { return s["can_generate"] == true && s["size_note"] != ""; }));
  EXPECT_LT(w.state()["width"].get<int>() * w.state()["height"].get<int>(), 1024 * 1024);
  w.click("preset.768");
  ASSERT_TRUE(w.wait([](const json& s) { return s["width"] == 768 && s["can_generate"] == true; }));
  w.click("generate");
  ASSERT_TRUE(wait_until_made(w, 1));
  const json run_record = inspect(w.state()["picture_file"].get<std::string>())["receipt"];
  EXPECT_LE(run_record["actual_peak_bytes"].get<std::int64_t>(), budget);
  EXPECT_GT(run_record["actual_peak_bytes"].get<std::int64_t>(), budget / 2);
}

// Other programs take memory and give it back while the window is open.
TEST_F(WindowMemory, CardsAndPlanFollowOtherPrograms) {
  const auto plan = [&](const char* preset, const char* card) {
    return run_json({"plan", "--preset", preset, "--pretend-vram", card, "--vram-reserve", "256M",
                     "--device", "cpu", "--json"})["plan"];
  };
  const json whole = plan("1024", "8G");
  ASSERT_EQ(whole["rungs"], json::array({"resident"}));
  const auto least = [&](const char* preset) {
    return plan(preset, "260M")["peak_bytes"].get<std::int64_t>();
  };
  const std::int64_t total = kReserve + whole["peak_bytes"].get<std::int64_t>() + 64 * kMiB;
  const std::filesystem::path others = folder_ / "others.txt";
  const auto others_leave = [&](std::int64_t budget) {
    const std::int64_t held = total - kReserve - budget;
    const std::filesystem::path draft = folder_ / "others.new";
    std::ofstream(draft) << held / 4 << " Xorg\n" << held - held / 4 << " blender\n";
    std::filesystem::rename(draft, others);
  };

  WindowDriver w(launch({"--pretend-vram", std::to_string(total), "--vram-reserve", "256M",
                         "--pretend-others", "{folder}/others.txt"}));
  w.click("preset.1024");
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["width"] == 1024 && s["cards"]["1024"]["state"] == "fits" &&
           s["recommended"] == "1024" && s["rungs"] == json::array({"resident"}) &&
           s["critical_point"] != "";
  }));
  EXPECT_TRUE(w.state()["others"].empty());
  const std::string critical = w.state()["critical_point"];

  const auto begun = std::chrono::steady_clock::now();
  others_leave((least("768") + least("1024")) / 2);
  ASSERT_TRUE(w.wait([](const json& s) { return s["cards"]["1024"]["state"] == "short"; }));
  RecordProperty("ms_until_the_card_changed",
                 std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(
                                    std::chrono::steady_clock::now() - begun)
                                    .count()));
  ASSERT_TRUE(w.wait([](const json& s) {
    return s["others"] == json::array({"blender", "Xorg"}) && s["recommended"] != "1024" &&
           s["can_generate"] == false && s["rungs"] != json::array({"resident"});
  }));
  EXPECT_TRUE(w.wait([&](const json& s) { return s["critical_point"] != critical; }, 60));
  w.hover("gauge");
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  w.screenshot("others_by_name");

  std::filesystem::remove(others);
  EXPECT_TRUE(w.wait([&](const json& s) {
    return s["cards"]["1024"]["state"] == "fits" && s["recommended"] == "1024" &&
           s["others"].empty() && s["critical_point"] == critical;
  }));
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
