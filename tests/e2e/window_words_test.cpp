// What the real program says in a Chinese window when something is wrong: real files, real memory.
#include "e2e/window_support.h"
#include "support/drawn_texts.h"
#include "support/english.h"
#include "support/paths.h"

#include <chrono>
#include <fstream>
#include <thread>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class WindowWords : public WindowEndToEnd {
 protected:
  // A copy of the starter model that may be damaged.
  [[nodiscard]] fs::path copy_model() const {
    const fs::path program = fs::canonical(test::built_program(HEADROOM_PROGRAM));
    const fs::path starter = program.parent_path().parent_path() / "share/headroom/starter-model";
    fs::copy(starter, folder_ / "model", fs::copy_options::recursive);
    return folder_ / "model";
  }
  static void expect_chinese(const WindowDriver& window, const std::string& state) {
    const json dump = window.read();
    EXPECT_GT(dump["texts"].size(), 20U) << "the window draws more than that";
    for (const json& text : dump["texts"]) EXPECT_EQ(english_in(text), "") << state << ": " << text;
  }
  // Opens with a fault, which the first banner tells, in Chinese and with `part` in it.
  void expect_start_that_tells(const std::vector<std::string>& arguments,
                               const std::vector<std::string>& environment,
                               const std::string& part) {
    std::vector<std::string> all{"--language", "zh"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    fs::remove(folder_ / "ui.json");
    WindowDriver w(launch(all, environment));
    ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; })) << part;
    const std::string told = w.state()["banners"][0];
    EXPECT_NE(told.find(part), std::string::npos) << told;
    expect_chinese(w, part);
    EXPECT_TRUE(w.wait_for_widget("banner.0.action")) << "a way on";
    w.screenshot("start_fault_" + std::to_string(++starts_) + "_zh");
    EXPECT_EQ(w.close(30), 0);
  }

 private:
  int starts_ = 0;
};

TEST_F(WindowWords, AModelThatCannotBeOpenedIsToldInChinese) {
  expect_start_that_tells({"--model", "/nowhere"}, {}, "/nowhere");
  const fs::path model = copy_model();
  const fs::path weights = model / "transformer/diffusion_pytorch_model.safetensors";
  fs::rename(weights, folder_ / "weights");
  expect_start_that_tells({"--model", model.string()}, {}, "transformer");
  std::ofstream(weights) << "<!DOCTYPE html><html><title>Not found</title></html>";
  expect_start_that_tells({"--model", model.string()}, {}, "safetensors");
  std::ofstream(weights, std::ios::trunc) << "short";
  expect_start_that_tells({"--model", model.string()}, {}, "diffusion_pytorch_model");
  fs::rename(folder_ / "weights", weights);
  std::ofstream(model / "transformer/config.json") << "{\"dim\": \"wide\"}";
  expect_start_that_tells({"--model", model.string()}, {}, "config");
}

// Typed, refused with the reason, pasted as a file manager copies it, dropped; then it runs.
TEST_F(WindowWords, AnotherFolderIsChosenWhereTheModelCannotBeOpened) {
  const fs::path model = copy_model();
  for (const char* const name : {"en", "zh"}) {
    const std::string language = name;
    fs::remove(folder_ / "ui.json");
    WindowDriver w(launch({"--language", language, "--model", "/nowhere"}));
    ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; }));
    w.screenshot("start_other_model_" + language);
    w.click("banner.0.action_model");
    ASSERT_TRUE(w.wait_for_widget("model.folder"));
    ASSERT_TRUE(w.wait([](const json& s) { return s["editing"] == true; }));
    w.type("/tmp/nowhere-else");
    w.key("Return");
    EXPECT_TRUE(wait_for_text(w, "/tmp/nowhere-else"));
    w.screenshot("choose_model_refused_" + language);
    if (language == "zh") expect_chinese(w, "choosing a model");
    w.click("model.folder");
    w.key("ctrl+a");
    if (language == "en") {
      w.paste("file://" + model.string());
    } else {
      ASSERT_TRUE(w.drop("model.folder", {model}));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    fs::remove(folder_ / "ui.json");
    w.click("model.open");
    ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].empty(); }, 60));
    w.screenshot("model_chosen_" + language);
    EXPECT_EQ(w.close(30), 0);
  }
}

TEST_F(WindowWords, ADeviceOrASettingThatIsWrongIsToldInChinese) {
  expect_start_that_tells({"--device", "cuda:7"}, {}, "cuda");
  expect_start_that_tells({}, {"HEADROOM_MODEL_THREADS=many"}, "HEADROOM_MODEL_THREADS");
  fs::create_directories(folder_ / "config/headroom");
  std::ofstream(folder_ / "config/headroom/config.yaml") << "window:\n  language: zh\n";
  expect_start_that_tells({"--lowvram"}, {}, "--lowvram");
}

TEST_F(WindowWords, AConfigurationThatCannotBeReadOpensTheWindowAndSaysSo) {
  const fs::path folder = folder_ / "config/headroom";
  fs::create_directories(folder);
  std::ofstream(folder / "config.yaml") << "model:\n  path: \"never closed\n";
  expect_start_that_tells({}, {}, "config.yaml");
  std::ofstream(folder / "config.yaml") << "modle:\n  device: cpu\n";
  fs::remove(folder_ / "ui.json");
  WindowDriver w(launch());
  ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; }));
  const std::string told = w.state()["banners"][0];
  EXPECT_TRUE(
      told.ends_with("config.yaml:1: modle: there is no such section (did you mean model?)."))
      << told;
  w.screenshot("start_config_en");
  // Mended, the program finds it at the next start, which the banner offers.
  std::ofstream(folder / "config.yaml") << "model:\n  device: cpu\n";
  fs::remove(folder_ / "ui.json");
  w.click("banner.0.action");
  ASSERT_TRUE(
      w.wait([](const json& s) { return s["banners"].empty() && s["running"] == false; }, 60));
}

TEST_F(WindowWords, APictureThatCannotBeSavedIsToldInChinese) {
  std::ofstream(folder_ / "blocked") << "a file where the folder should be";
  WindowDriver w(
      launch({"--language", "zh"}, {"HEADROOM_OUTPUT_FOLDER={folder}/blocked/pictures"}));
  w.click("example.0");
  choose_steps(w, 2);
  w.click("generate");
  ASSERT_TRUE(wait_until_made(w, 1));
  ASSERT_EQ(w.state()["banners"].size(), 1U);
  expect_chinese(w, "not saved");
  w.click("save_again");
  w.ask_to_close();
  ASSERT_TRUE(w.wait([](const json& s) { return s["closing"] == "ask"; }));
  w.click("close.save");
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  expect_chinese(w, "closing");
  w.screenshot("closing_not_saved_zh");
}

TEST_F(WindowWords, ARunThatChangesItsPlanTellsItInChinese) {
  const json plan = run_json({"plan", "--preset", "1024", "--pretend-vram", "8G", "--vram-reserve",
                              "0", "--device", "cpu", "--json"})["plan"];
  const auto total = plan["peak_bytes"].get<std::int64_t>() + (std::int64_t{32} << 20);
  WindowDriver w(launch({"--language", "zh", "--pretend-vram", std::to_string(total),
                         "--vram-reserve", "0", "--pretend-others", "{folder}/others.txt"}));
  w.click("example.0");
  w.click("preset.1024");
  choose_steps(w, 40);
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["step"] > 1; }, 60));
  std::ofstream(folder_ / "others.new") << total / 2 << " blender\n";
  fs::rename(folder_ / "others.new", folder_ / "others.txt");
  ASSERT_TRUE(w.wait([](const json& s) { return !s["banners"].empty(); }, 120));
  const std::string told = w.state()["banners"][0];
  EXPECT_NE(told.find("其他程序占用了内存"), std::string::npos) << told;
  expect_chinese(w, "plan changed");
  w.screenshot("plan_changed_zh");
}

}  // namespace
}  // namespace headroom::test
