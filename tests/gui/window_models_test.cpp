// The list of all models. Real events on gui_demo's window; what it finds stands in demo_lists.h.
#include "gui/list_window.h"
#include "support/drawn_texts.h"
#include "support/english.h"
#include "support/temp_folder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class WindowModels : public ListWindow {
 protected:
  static bool sheet_is(const WindowDriver& w, const std::string& which) {
    return w.wait([&](const json& s) { return s["sheet"] == which; });
  }
  // Opens the list and waits until all is known.
  static void open_list(WindowDriver& w) {
    w.click("model");
    ASSERT_TRUE(w.wait_for_widget("models.all"));
    rest();
    w.click("models.all");
    ASSERT_TRUE(sheet_is(w, "models"));
    ASSERT_TRUE(w.wait_for_widget("models.0"));
    ASSERT_TRUE(w.wait([](const json& s) { return s["looking"] == false; }));
    rest();
  }
  const TempFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(WindowModels, TellWhatEachSizeNeedsAndOpenAtAClick) {
  WindowDriver w = open();
  w.click("prompt");
  w.type("a lighthouse");
  open_list(w);
  w.screenshot("models_sheet_dark");
  // 3.3 GB and 3.4 s of the fake at 512, which fits; 768 is slowed down, 1024 does not fit.
  EXPECT_NE(says(w, "models.1.512").find("GB · "), std::string::npos) << w.read()["says"];
  // A row adds up with what is available, as both are written.
  EXPECT_TRUE(wait_for_text(w, "5.16 GB"));
  EXPECT_EQ(says(w, "models.1.1024"), "8.16 GB · 3.00 GB short");
  EXPECT_TRUE(wait_for_text(w, "BF16 · 20.0 GB"));
  EXPECT_TRUE(wait_for_text(w, "slower")) << "not by colour alone";
  EXPECT_FALSE(w.read()["widgets"]["models.3"]["enabled"].get<bool>());
  w.click("models.3");
  rest();
  EXPECT_EQ(w.state()["sheet"], "models") << "what cannot be opened is not chosen";
  w.click("models.1");
  ASSERT_TRUE(w.wait([](const json& s) { return s["model"] == "Z-Image-Turbo"; }));
  EXPECT_EQ(w.state()["sheet"], "");
  EXPECT_EQ(w.state()["prompt"], "a lighthouse");
  EXPECT_EQ(w.state()["steps"], 8);
}

// A demo LoRA needs 200 MiB, which only the typed prompt tells.
TEST_F(WindowModels, SayOfTheOpenedOneWhatThePlanLineSays) {
  const std::string size = "512×512 · ";
  const std::string between = " · ";
  for (const char* const total : {"4.6G", "3G"}) {
    const bool fits = std::string(total) == "4.6G";
    WindowDriver w = open({"--reserve=0", "--total=" + std::string(total)});
    std::string before;
    for (const char* const prompt : {"a fox", "a fox <lora:ink:1>"}) {
      w.click("prompt");
      w.key("ctrl+a");
      w.type(prompt);
      ASSERT_TRUE(w.wait([&](const json& s) { return s["prompt"] == prompt; }));
      rest();
      const std::string plan = says(w, "plan");  // "512×512 · 3.33 GB · ≈ 5 s"
      ASSERT_EQ(plan.substr(0, size.size()), size);
      const std::string need =
          plan.substr(size.size(), plan.find(between, size.size()) - size.size());
      ASSERT_NE(need, before);
      before = need;
      open_list(w);
      const std::string row = says(w, "models.0.512");
      EXPECT_EQ(row.substr(0, row.find(between)), need);
      w.screenshot("models_as_planned_" + std::string(total));
      w.key("Escape");
      ASSERT_TRUE(sheet_is(w, ""));
      // The menu says it in fewer words: what is missing, as the plan line does.
      const std::string missing = row.substr(row.find(between) + between.size());
      EXPECT_TRUE(fits || wait_for_text(w, missing)) << missing;
      w.click("model");
      ASSERT_TRUE(w.wait_for_words("model.0.right", fits ? "up to 768×768" : missing, 5))
          << w.read()["says"];
      w.key("Escape");
      rest();
    }
    EXPECT_EQ(w.close(10), 0);
  }
}

TEST_F(WindowModels, CloseByEscByTheCrossAndByAClickBesideThem) {
  WindowDriver w = open({"--step-ms=100"});
  w.click("prompt");
  w.type("a lighthouse");
  w.key("ctrl+Return");
  ASSERT_TRUE(w.wait([](const json& s) { return s["running"] == true; }));
  open_list(w);
  w.key("Escape");
  ASSERT_TRUE(sheet_is(w, ""));
  EXPECT_EQ(w.state()["escape_cancels"], false) << "the key closed the list and nothing else";
  open_list(w);
  w.click("models.close");
  ASSERT_TRUE(sheet_is(w, ""));
  open_list(w);
  w.click("steps.value");
  ASSERT_TRUE(sheet_is(w, ""));
  EXPECT_FALSE(w.state()["cancelling"].get<bool>());
  EXPECT_EQ(w.state()["prompt"], "a lighthouse");
}

TEST_F(WindowModels, TheKeyboardMovesAndChooses) {
  WindowDriver w = open();
  open_list(w);
  for (int i = 0; i < 4; ++i) {
    w.key("Down");
    rest();
  }
  w.screenshot("models_sheet_keyboard");
  for (int i = 0; i < 8; ++i) {
    w.key("Up");
    rest();
  }
  // From the head down: the starter model, then the one that is asked for.
  for (int i = 0; i < 2; ++i) {
    w.key("Down");
    rest();
  }
  w.key("Return");
  EXPECT_TRUE(w.wait([](const json& s) { return s["model"] == "Z-Image-Turbo"; }));
  EXPECT_EQ(w.state()["sheet"], "");
}

TEST_F(WindowModels, RowsAreThereBeforeTheirNeedsAndNothingWaits) {
  WindowDriver w = open({"--look-ms=500"});
  w.click("model");
  ASSERT_TRUE(w.wait_for_widget("models.all"));
  rest();
  w.click("models.all");
  ASSERT_TRUE(w.wait_for_widget("models.1"));
  EXPECT_EQ(says(w, "models.1.512"), "…");
  w.screenshot("models_sheet_looking");
  w.key("Escape");
  ASSERT_TRUE(sheet_is(w, ""));
  w.click("prompt");
  w.type("quick");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "quick"; }, 1.5));
  EXPECT_EQ(w.state()["looking"], true) << "typed while it looked";
  open_list(w);
  EXPECT_NE(says(w, "models.1.512"), "…");
}

TEST_F(WindowModels, RowsThatArePointedAtStayWhileMoreAreFound) {
  const fs::path hold = folder_ / "hold";
  for (const bool below : {false, true}) {
    std::ofstream(hold) << "two models and no more";
    WindowDriver w = open({"--look-file=" + hold.string(), "--models=many"});
    w.click("model");
    ASSERT_TRUE(w.wait_for_widget("models.all"));
    rest();
    w.click("models.all");
    ASSERT_TRUE(w.wait_for_widget("models.1"));
    w.hover("models.1");
    rest();
    const json before = places(w, "models.");
    if (below) {  // where the folders are named
      const json& row = before["models.1"];
      w.point_at(row[0].get<int>() + 200, row[1].get<int>() + row[3].get<int>() + 60);
    }
    w.screenshot(below ? "models_held_below" : "models_held_before");
    fs::remove(hold);
    ASSERT_TRUE(w.wait([](const json& s) { return s["looking"] == false; }, 20));
    rest();
    EXPECT_EQ(places_of(w, before), before);
    EXPECT_EQ(has(w, "models.2"), !below) << "what would push away what is pointed at waits";
    w.screenshot(below ? "models_held_below_end" : "models_held");
    w.hover("prompt");
    ASSERT_TRUE(w.wait_for_widget("models.filter")) << "where they are many";
    EXPECT_TRUE(w.wait_for_widget("models.2"));
    EXPECT_EQ(w.close(10), 0);
  }
}

TEST_F(WindowModels, ManyAreFilteredAndTheMenuKeepsTheLastOnes) {
  WindowDriver w = open({"--models=many"});
  open_list(w);
  ASSERT_TRUE(w.wait_for_widget("models.filter"));
  w.type("tuned 7");
  ASSERT_TRUE(w.wait_for_widget("models.12"));
  rest();
  EXPECT_FALSE(has(w, "models.1"));
  w.screenshot("models_sheet_filtered");
  w.key("Escape");
  ASSERT_TRUE(w.wait_for_widget("models.1")) << "Esc clears the words first";
  EXPECT_EQ(w.state()["sheet"], "models");
  w.type("nothing like it");
  ASSERT_TRUE(wait_for_text(w, "No name has “nothing like it” in it."));
  w.key("ctrl+a");
  w.type("tuned-7");
  ASSERT_TRUE(w.wait_for_widget("models.12"));
  rest();
  w.click("models.12");
  ASSERT_TRUE(w.wait([](const json& s) { return s["model_path"] == "tuned-7"; }));
  // Fourteen are here: the menu has the present one and five.
  w.click("model");
  ASSERT_TRUE(w.wait_for_widget("model.5"));
  const json widgets = w.read()["widgets"];
  int rows = 0;
  for (int i = 0; i < 14; ++i) rows += widgets.contains("model." + std::to_string(i)) ? 1 : 0;
  EXPECT_EQ(rows, 6);
  w.screenshot("models_menu_many");
}

TEST_F(WindowModels, WhatIsMissingIsNamedWithTheCommandThatGetsIt) {
  WindowDriver w = open({"--models=many"});
  open_list(w);
  w.type("half");
  ASSERT_TRUE(w.wait_for_widget("models.5.copy"));
  rest();
  EXPECT_TRUE(wait_for_text(w, "Missing: the text encoder, the VAE."));
  w.click("models.5.copy");
  ASSERT_TRUE(wait_for_text(w, "Copied"));
  EXPECT_EQ(w.clipboard(),
            "hf download Tongyi-MAI/Z-Image-Turbo --include 'text_encoder/*' 'vae/*' --local-dir "
            "'/home/you/models/half'");
  w.click("models.filter");
  w.key("ctrl+a");
  w.type("tongyi-mai/z-image");
  ASSERT_TRUE(w.wait_for_widget("models.15.copy"));
  rest();
  EXPECT_NE(says(w, "models.15.512").find("GB"), std::string::npos) << "would it run here";
  w.click("models.15.copy");
  rest();
  EXPECT_EQ(w.clipboard(), "hf download Tongyi-MAI/Z-Image");
  w.click("models.15");
  rest();
  EXPECT_EQ(w.state()["sheet"], "models") << "what is not here is not chosen";
}

TEST_F(WindowModels, AFolderIsAddedRefusedAndRemoved) {
  fs::create_directories(folder_ / "more");
  WindowDriver w = open({"--models=none"});
  open_list(w);
  EXPECT_TRUE(wait_for_text(w, "No other models were found here."));
  w.screenshot("models_sheet_none");
  w.click("models.add");
  ASSERT_TRUE(w.wait([](const json& s) { return s["editing"] == true; }));
  w.type("/nowhere/at all");
  w.key("Return");
  ASSERT_TRUE(
      wait_for_text(w, "/nowhere/at all is no folder; name the folder that models are in."));
  w.screenshot("models_sheet_refused");
  w.click("models.folder.cancel");
  rest();
  EXPECT_FALSE(has(w, "models.folder"));
  w.click("models.add");
  ASSERT_TRUE(w.wait([](const json& s) { return s["editing"] == true; }));
  w.paste((folder_ / "more").string());
  w.click("models.folder.add");
  ASSERT_TRUE(w.wait_for_widget("models.place.3.remove"));
  rest();
  EXPECT_FALSE(has(w, "models.folder"));
  EXPECT_FALSE(has(w, "models.place.0.remove")) << "that one is not from here";
  w.click("models.place.3.remove");
  rest();
  EXPECT_FALSE(has(w, "models.place.3.remove"));
  // Dropped, it is taken at once.
  ASSERT_TRUE(w.drop("models.close", {folder_ / "more"}));
  EXPECT_TRUE(w.wait_for_widget("models.place.3.remove"));
  EXPECT_EQ(w.state()["sheet"], "models");
}

TEST_F(WindowModels, LooksWellInEveryLayoutAndLanguage) {
  struct Look {
    int width, height;
    const char* language;
    const char* theme;
  };
  for (const Look& look : {Look{1000, 640, "en", "dark"}, Look{1000, 640, "zh", "light"},
                           Look{1280, 800, "zh", "dark"}, Look{1280, 800, "en", "light"},
                           Look{640, 1000, "en", "light"}, Look{640, 1000, "zh", "dark"}}) {
    WindowDriver w = open({"--language=" + std::string(look.language),
                           "--theme=" + std::string(look.theme), "--models=many"},
                          look.width, look.height);
    open_list(w);
    const std::string name =
        std::to_string(look.width) + "_" + look.language + "_" + std::string(look.theme);
    w.screenshot("models_sheet_" + name);
    const json dump = w.read();
    for (const auto& [widget, place] : dump["widgets"].items()) {
      if (!widget.starts_with("models.")) continue;
      EXPECT_LE(place["x"].get<int>() + place["w"].get<int>(), look.width) << widget;
    }
    EXPECT_TRUE(dump["widgets"].contains("gauge")) << "the memory stays in view";
    if (std::string(look.language) == "zh") {
      for (const json& text : dump["texts"]) EXPECT_EQ(english_in(text), "") << text;
    }
    w.wheel("models.1", -40);
    rest();
    w.screenshot("models_sheet_end_" + name);
    EXPECT_TRUE(has(w, "models.15.copy")) << "the list scrolls";
    EXPECT_EQ(w.close(10), 0);
  }
}

}  // namespace
}  // namespace headroom::test
