// The list of LoRAs to choose from. Real events on gui_demo's window; see demo_lists.h.
#include "gui/list_window.h"
#include "support/drawn_texts.h"
#include "support/english.h"

#include <string>

namespace headroom::test {
namespace {

using nlohmann::json;

class WindowLoraList : public ListWindow {
 protected:
  static void open_list(WindowDriver& w) {
    rest();  // what is above the button finds its height
    w.click("loras");
    ASSERT_TRUE(w.wait([](const json& s) { return s["sheet"] == "loras"; }));
    ASSERT_TRUE(w.wait([](const json& s) { return s["looking"] == false; }));
    rest();
  }
  static bool prompt_is(const WindowDriver& w, const std::string& prompt) {
    return w.wait([&](const json& s) { return s["prompt"] == prompt; });
  }
};

// In the order of demo_lists.h: chalk, ink, other, wash. Each needs 200 MiB.
TEST_F(WindowLoraList, OneThatFitsIsChosenAndCanBeTakenBack) {
  WindowDriver w = open();
  w.click("prompt");
  w.type("a fox");
  ASSERT_TRUE(prompt_is(w, "a fox"));
  open_list(w);
  EXPECT_EQ(says(w, "loras.1"), "144 MB on disk · 94 of 96 keys fit");
  EXPECT_TRUE(wait_for_text(w, "+ 200 MB"));
  w.screenshot("loras_dark");
  w.click("loras.1");
  ASSERT_TRUE(prompt_is(w, "a fox <lora:ink:1>")) << w.state()["prompt"];
  EXPECT_EQ(w.state()["sheet"], "");
  ASSERT_TRUE(w.wait_for_widget("lora.0.strength"));
  ASSERT_TRUE(w.wait_for_words("plan", "3.5")) << "its need is counted";
  w.screenshot("loras_chosen");
  // Again changes nothing.
  open_list(w);
  w.click("loras.1");
  rest();
  EXPECT_EQ(w.state()["prompt"], "a fox <lora:ink:1>");
  w.click("canvas");
  w.key("ctrl+z");
  EXPECT_TRUE(prompt_is(w, "a fox"));
}

TEST_F(WindowLoraList, OneThatDoesNotFitSaysWhyAndIsNotChosen) {
  for (const char* const language : {"en", "zh"}) {
    WindowDriver w = open({"--language=" + std::string(language)});
    open_list(w);
    EXPECT_NE(says(w, "loras.2").find("other.safetensors"), std::string::npos)
        << says(w, "loras.2");
    EXPECT_FALSE(w.read()["widgets"]["loras.2"]["enabled"].get<bool>());
    const json widgets = w.read()["widgets"];
    EXPECT_GT(widgets["loras.2"]["y"], widgets["loras.3"]["y"]) << "what fits comes first";
    w.click("loras.2");
    rest();
    EXPECT_EQ(w.state()["sheet"], "loras");
    EXPECT_TRUE(w.state()["loras"].empty());
    if (std::string(language) == "zh") {
      for (const json& text : w.read()["texts"]) EXPECT_EQ(english_in(text), "") << text;
    }
    w.key("Escape");
    EXPECT_TRUE(w.wait([](const json& s) { return s["sheet"] == ""; }));
    EXPECT_EQ(w.close(10), 0);
  }
}

TEST_F(WindowLoraList, JudgingThemBlocksNothing) {
  WindowDriver w = open({"--look-ms=1500"});
  w.click("loras");
  ASSERT_TRUE(w.wait_for_widget("loras.0"));
  EXPECT_NE(says(w, "loras.0").find("looking whether it fits"), std::string::npos);
  w.key("Escape");
  w.click("prompt");
  w.type("quick");
  EXPECT_TRUE(w.wait([](const json& s) { return s["prompt"] == "quick"; }, 1.2));
  EXPECT_EQ(w.state()["looking"], true) << "typed while it looked";
}

// In the order of demo_lists.h: chalk, ink, other, wash; one of them turns out not to fit.
TEST_F(WindowLoraList, RowsThatArePointedAtStayWhileTheyAreJudged) {
  WindowDriver w = open({"--look-ms=1200"});
  w.click("loras");
  ASSERT_TRUE(w.wait_for_widget("loras.3"));
  w.hover("loras.3");
  rest();
  const json before = places(w, "loras.");
  ASSERT_EQ(w.state()["looking"], true);
  w.screenshot("loras_held_before");
  ASSERT_TRUE(w.wait([](const json& s) { return s["looking"] == false; }, 20));
  rest();
  EXPECT_EQ(places_of(w, before), before);
  w.screenshot("loras_held");
  EXPECT_NE(says(w, "loras.2").find("other.safetensors"), std::string::npos);
  w.hover("loras.2");
  EXPECT_TRUE(w.wait_for_words("tip", "choose another folder")) << "what has no room is told";
  w.hover("prompt");
  rest();
  const json after = places(w, "loras.");
  EXPECT_GT(after["loras.2"][1], after["loras.3"][1]) << "what fits comes first";
  EXPECT_GT(after["loras.2"][3], before["loras.2"][3]) << "and it says why it does not";
  // What was pointed at is what is chosen.
  w.click("loras.3");
  EXPECT_TRUE(prompt_is(w, "<lora:wash:1>")) << w.state()["prompt"];
}

TEST_F(WindowLoraList, ManyAreFilteredAndChosenByTheKeyboard) {
  WindowDriver w = open({"--loras=many"});
  open_list(w);
  ASSERT_TRUE(w.wait_for_widget("loras.filter"));
  w.type("BRUSH-7");
  ASSERT_TRUE(w.wait_for_widget("loras.10"));
  rest();
  EXPECT_FALSE(w.read()["widgets"].contains("loras.0"));
  w.key("Down");
  rest();
  w.key("Return");
  ASSERT_TRUE(prompt_is(w, "<lora:brush-7:1>")) << w.state()["prompt"];
  open_list(w);
  w.type("nothing like it");
  EXPECT_TRUE(wait_for_text(w, "No name has “nothing like it” in it."));
}

TEST_F(WindowLoraList, WithoutAnyItSaysWhereTheyAreLookedFor) {
  WindowDriver w = open({"--loras=none"});
  open_list(w);
  EXPECT_TRUE(wait_for_text(w, "No LoRA was found."));
  EXPECT_TRUE(wait_for_text(w, "/home/you/ComfyUI/models/loras"));
  w.screenshot("loras_none");
  w.click("loras.close");
  EXPECT_TRUE(w.wait([](const json& s) { return s["sheet"] == ""; }));
}

TEST_F(WindowLoraList, LooksWellInEveryLayoutAndLanguage) {
  struct Look {
    int width, height;
    const char* language;
    const char* theme;
  };
  for (const Look& look : {Look{1000, 640, "zh", "light"}, Look{1000, 640, "en", "dark"},
                           Look{1280, 800, "zh", "light"}, Look{640, 1000, "en", "light"},
                           Look{640, 1000, "zh", "dark"}}) {
    WindowDriver w = open({"--language=" + std::string(look.language),
                           "--theme=" + std::string(look.theme), "--loras=many"},
                          look.width, look.height);
    open_list(w);
    w.screenshot("loras_" + std::to_string(look.width) + "_" + look.language);
    const json dump = w.read();
    for (const char* const widget : {"loras.close", "loras.filter", "loras.0"}) {
      ASSERT_TRUE(dump["widgets"].contains(widget)) << widget;
      const json& place = dump["widgets"][widget];
      EXPECT_LE(place["x"].get<int>() + place["w"].get<int>(), look.width) << widget;
      EXPECT_LE(place["y"].get<int>() + place["h"].get<int>(), look.height) << widget;
    }
    EXPECT_EQ(w.close(10), 0);
  }
}

}  // namespace
}  // namespace headroom::test
