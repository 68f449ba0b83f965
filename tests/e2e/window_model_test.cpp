// Other models, number formats and devices in the window of the real program: two models on disk.
#include "e2e/window_support.h"
#include "support/drawn_texts.h"
#include "support/english.h"
#include "support/paths.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class WindowModels : public WindowEndToEnd {
 protected:
  // Beside the starter model there is a copy of it that wants other settings.
  WindowModels() : copy_(folder_ / "models" / "copy") {
    const fs::path program = fs::canonical(test::built_program(HEADROOM_PROGRAM));
    fs::create_directories(folder_ / "models");
    fs::copy(program.parent_path().parent_path() / "share/headroom/starter-model", copy_,
             fs::copy_options::recursive);
    fs::create_directories(folder_ / "config/headroom");
    std::ofstream(folder_ / "config/headroom/config.yaml")
        << "model:\n  device: cpu\n  folders: [" << (folder_ / "models").string() << "]\n";
  }
  static bool opens(WindowDriver& w, const std::string& row) {
    w.click("model");
    const bool found =
        w.wait([](const json& s) { return s["models"].size() == 2; }, 60) && w.wait_for_widget(row);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));  // rows find their places
    return found;
  }
  static bool is_on(WindowDriver& w, const std::string& part) {
    return w.wait(
        [&](const json& s) {
          return s["model_path"].get<std::string>().find(part) != std::string::npos &&
                 s["change"] == "";
        },
        60);
  }
  const fs::path copy_;
};

TEST_F(WindowModels, IsOpenedWithoutTheDecoderOfPreviewsThatCannotBeUsedAndThatIsSaid) {
  const fs::path other = folder_ / "other.safetensors";
  std::ofstream(other) << "no weights";
  for (const fs::path& decoder : {folder_ / "none.safetensors", other}) {
    fs::remove(folder_ / "ui.json");
    std::ofstream(folder_ / "config/headroom/config.yaml")
        << "model:\n  device: cpu\n  path: " << copy_.string()
        << "\n  preview_decoder: " << decoder.string() << "\n";
    WindowDriver w(launch());
    ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; })) << w.state();
    const std::string told = w.state()["banners"][0];
    EXPECT_TRUE(told.starts_with("Previews stay blurred, since ")) << told;
    EXPECT_NE(told.find(decoder.filename().string()), std::string::npos) << told;
    EXPECT_TRUE(is_on(w, "copy")) << w.state();
    EXPECT_EQ(w.close(30), 0);
  }
}

TEST_F(WindowModels, AreChangedAndMakePicturesOneAfterTheOther) {
  for (const char* const name : {"en", "zh"}) {
    const std::string language = name;
    fs::remove(folder_ / "ui.json");
    fs::remove_all(pictures_folder());
    WindowDriver w(launch({"--language", language}));
    if (language == "en") w.click("example.0");  // the second time the prompt comes back
    ASSERT_TRUE(w.wait([](const json& state) { return state["prompt"] != ""; }));
    const json before = w.state();
    choose_steps(w, 2);
    ASSERT_TRUE(opens(w, "model.1"));
    w.screenshot("models_found_" + language);
    w.click("model.1");
    ASSERT_TRUE(is_on(w, "models/copy"));
    EXPECT_EQ(w.state()["prompt"], before["prompt"]);
    EXPECT_EQ(w.state()["steps"], 2) << "the person's own setting";
    w.click("generate");
    ASSERT_TRUE(wait_until_made(w, 1));
    // In another number format, and back to the model of before.
    w.click("model");
    ASSERT_TRUE(w.wait_for_widget("format.int8"));
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    w.click("format.int8");
    ASSERT_TRUE(w.wait([](const json& s) { return s["dtype"] == "int8"; }, 60));
    ASSERT_TRUE(opens(w, "model.1"));
    // What is in use stands first where the models are found anew.
    w.click(w.read()["says"]["model.0"] == "copy" ? "model.1" : "model.0");
    ASSERT_TRUE(is_on(w, "starter-model"));
    EXPECT_EQ(w.state()["dtype"], "int8");
    w.click("generate");
    ASSERT_TRUE(wait_until_made(w, 2));
    const auto pictures = pictures_in(pictures_folder());
    ASSERT_EQ(pictures.size(), 2U);
    EXPECT_EQ(inspect(pictures[0])["receipt"]["dtype"], "fp32");
    EXPECT_EQ(inspect(pictures[1])["receipt"]["dtype"], "int8");
    if (language == "zh") {
      for (const json& text : w.read()["texts"]) EXPECT_EQ(english_in(text), "") << text;
    }
    EXPECT_EQ(w.close(30), 0);
  }
}

TEST_F(WindowModels, ThatBreakMeanwhileLeaveTheOldOneWorking) {
  WindowDriver w(launch({"--language", "zh"}));
  w.click("example.0");
  choose_steps(w, 2);
  ASSERT_TRUE(opens(w, "model.1"));
  const fs::path weights = copy_ / "transformer/diffusion_pytorch_model.safetensors";
  std::ofstream(weights, std::ios::trunc) << "short";  // the list does not know yet
  w.click("model.1");
  ASSERT_TRUE(w.wait([](const json& s) { return s["banners"].size() == 1; }, 60));
  const std::string told = w.state()["banners"][0];
  EXPECT_NE(told.find("diffusion_pytorch_model"), std::string::npos) << told;
  w.screenshot("model_broke_zh");
  for (const json& text : w.read()["texts"]) EXPECT_EQ(english_in(text), "") << text;
  EXPECT_TRUE(is_on(w, "starter-model"));
  w.click("generate");
  EXPECT_TRUE(wait_until_made(w, 1));
}

TEST_F(WindowModels, AreListedWithWhatTheyNeedAlsoThoseThatAreNotHere) {
  fs::create_directories(folder_ / "more");
  fs::copy(copy_, folder_ / "more/half", fs::copy_options::recursive);
  fs::remove_all(folder_ / "more/half/vae");
  WindowDriver w(launch({"--language", "zh"}));
  ASSERT_TRUE(opens(w, "models.all"));
  w.click("models.all");
  ASSERT_TRUE(w.wait([](const json& s) { return s["sheet"] == "models"; }));
  ASSERT_TRUE(w.wait([](const json& s) { return s["looking"] == false; }, 60));
  ASSERT_TRUE(w.wait_for_words("models.1.512", "MB · "));
  ASSERT_TRUE(w.wait_for_words("models.2.512", "GB · ≈")) << "would it run here";
  w.screenshot("models_sheet_real_zh");
  w.click("models.add");
  ASSERT_TRUE(w.wait([](const json& s) { return s["editing"] == true; }));
  w.paste((folder_ / "more").string());
  w.key("Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["models"].size() == 3; }, 60));
  EXPECT_TRUE(wait_for_text(w, "缺少：VAE。"));
  w.screenshot("models_sheet_added_zh");
  for (const json& text : w.read()["texts"]) EXPECT_EQ(english_in(text), "") << text;
  w.click("models.1");
  EXPECT_TRUE(is_on(w, "models/copy"));
  EXPECT_TRUE(fs::exists(folder_ / "state/headroom/model_folders"));
}

TEST_F(WindowModels, WaitForThePictureThatIsBeingMade) {
  WindowDriver w(launch());
  w.click("example.0");
  choose_steps(w, 400);
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["step"] >= 1; }, 60));
  choose_steps(w, 2);
  w.click("generate");
  ASSERT_TRUE(w.wait([](const json& s) { return s["jobs"] == 2; }));
  ASSERT_TRUE(opens(w, "model.1"));
  w.click("model.1");
  ASSERT_TRUE(w.wait([](const json& s) { return s["change"] == "copy"; }));
  EXPECT_TRUE(wait_for_text(w, "copy takes over when the running job is done"));
  w.screenshot("model_waits_for_picture");
  ASSERT_TRUE(wait_until_made(w, 2));
  EXPECT_TRUE(is_on(w, "models/copy"));
  EXPECT_EQ(pictures_in(pictures_folder()).size(), 2U);
}

}  // namespace
}  // namespace headroom::test
