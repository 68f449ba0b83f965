// Undo of sliders and numbers: what one drag or one typed number has changed is one step. Real
// events on gui_demo's window.
#include "mouse.h"
#include "open_demo.h"
#include "support/window_driver.h"

#include <chrono>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

class WindowUndoNumbers : public testing::Test {
 protected:
  bool is(const std::string& key, const json& value) {
    return w_.wait([&](const json& s) { return s[key] == value; }, 5);
  }
  // Presses on the track of a slider, as far along it as `from`, and moves so far.
  void drag(const std::string& slider, double from, int across) {
    const json place = w_.read()["widgets"][slider];
    press_at(w_, place["x"].get<double>() + from * place["w"].get<double>(),
             place["y"].get<double>() + place["h"].get<double>() / 2, across);
  }
  // Drags, and takes that back and forth again.
  void expect_one_step(const std::string& slider, const char* key, double from, int across) {
    const json before = w_.state()[key];
    drag(slider, from, across);
    ASSERT_TRUE(w_.wait([&](const json& s) { return s[key] != before; }, 5)) << slider;
    settle(key);
    const json after = w_.state()[key];
    w_.key("ctrl+z");
    EXPECT_TRUE(is(key, before)) << slider << ": " << w_.state()[key];
    w_.key("ctrl+y");
    EXPECT_TRUE(is(key, after)) << slider << ": " << w_.state()[key];
  }
  // Until the state of the end of a drag is written: the dump follows with a delay.
  void settle(const char* key) {
    json last;
    for (int same = 0; same < 3;) {
      const json now = w_.state()[key];
      same = now == last ? same + 1 : 0;
      last = now;
      std::this_thread::sleep_for(std::chrono::milliseconds(150));
    }
  }
  void type_number(const std::string& field, const std::string& number, const char* end) {
    w_.click(field);
    w_.key("ctrl+a");
    w_.type(number);
    w_.key(end);
  }

  WindowDriver w_ = open_demo();
};

TEST_F(WindowUndoNumbers, ADragOfASliderIsOneStep) {
  for (const double from : {0.1, 0.8}) {
    for (const int across : {0, 24}) {
      expect_one_step("steps", "steps", from, across);
      expect_one_step("guidance", "guidance", from, across);
    }
  }
  // Eight drags, and not a step more.
  for (int i = 0; i < 8; ++i) w_.key("ctrl+z");
  EXPECT_TRUE(w_.wait([](const json& s) { return s["steps"] == 16 && s["guidance"] == 2; }, 5))
      << w_.state();
  w_.key("ctrl+y");
  EXPECT_TRUE(w_.wait([](const json& s) { return s["steps"] != 16; }, 5)) << "the first drag";
  EXPECT_EQ(w_.state()["guidance"], 2);
}

TEST_F(WindowUndoNumbers, ALorasStrengthIsOneStepToo) {
  w_.click("prompt");
  w_.type("a fox <lora:ink:0.8>");
  ASSERT_TRUE(w_.wait_for_widget("lora.0.strength"));
  expect_one_step("lora.0.strength", "prompt", 0.1, 30);
  w_.key("ctrl+z");
  EXPECT_TRUE(is("prompt", "a fox <lora:ink:0.8>")) << "what was typed before is another step";
}

TEST_F(WindowUndoNumbers, ANumberIsOneStepHoweverItWasEntered) {
  type_number("steps.value", "23", "Return");
  ASSERT_TRUE(is("steps", 23));
  type_number("steps.value", "7", "Tab");
  ASSERT_TRUE(is("steps", 7));
  w_.click("guidance.value");
  for (int i = 0; i < 4; ++i) w_.key("Up");
  w_.key("Return");
  ASSERT_TRUE(is("guidance", 2.4)) << w_.state()["guidance"];
  w_.key("ctrl+z");
  EXPECT_TRUE(is("guidance", 2)) << w_.state()["guidance"];
  w_.key("ctrl+z");
  EXPECT_TRUE(is("steps", 23)) << w_.state()["steps"];
  w_.key("ctrl+z");
  EXPECT_TRUE(is("steps", 16)) << w_.state()["steps"];
}

// The press on the slider ends the field, which takes its number only then.
TEST_F(WindowUndoNumbers, ANumberAndTheDragThatEndsItsFieldAreTwoSteps) {
  struct Field {
    const char* name;
    const char* key;
    const char* number;
  };
  for (const Field& field :
       {Field{"size.width", "width", "768"}, Field{"guidance.value", "guidance", "5"}}) {
    const std::string key = field.key;
    const json before = w_.state();
    w_.click(field.name);
    w_.key("ctrl+a");
    w_.type(field.number);
    drag("steps", 0.9, -20);
    ASSERT_TRUE(w_.wait(
        [&](const json& s) { return s[key] != before[key] && s["steps"] != before["steps"]; }, 5))
        << w_.state();
    settle("steps");
    const json number = w_.state()[key];
    w_.key("ctrl+z");
    EXPECT_TRUE(is("steps", before["steps"])) << w_.state()["steps"];
    EXPECT_EQ(w_.state()[key], number);
    w_.key("ctrl+z");
    EXPECT_TRUE(is(key, before[key])) << w_.state()[key];
    EXPECT_EQ(w_.state()["steps"], before["steps"]);
  }
}

}  // namespace
}  // namespace headroom::test
