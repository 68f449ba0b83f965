// The figures on the size cards, and the sentence that explains them. Real windows of gui_demo.
#include "support/drawn_texts.h"
#include "support/paths.h"
#include "support/window_driver.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using nlohmann::json;

WindowDriver open(std::vector<std::string> options, int width, int height) {
  options.push_back("--width=" + std::to_string(width));
  options.push_back("--height=" + std::to_string(height));
  options.emplace_back("--output={folder}/pictures");
  return WindowDriver({.program = test::built_program("gui_demo"),
                       .arguments = std::move(options),
                       .width = width,
                       .height = height});
}

bool is_judged(const WindowDriver& w, const char* preset, const char* state) {
  return w.wait([&](const json& s) { return s["cards"][preset]["state"] == state; });
}

// Four design pixels stay free beside the texts of every card, as they were measured.
TEST(WindowCards, NoFigureComesNearTheEdgeOfItsCard) {
  struct Case {
    const char* total;
    const char* others;
    const char* state;  // of 512
  };
  for (const std::string language : {"en", "zh"}) {
    for (const Case& c : {Case{"4.25G", "0", "fits"},
                          {"3.55G", "0", "short"},
                          {"3.3G", "1200M", "short"},
                          {"900M", "100M", "short"},
                          {"24G", "21.5G", "short"}}) {
      WindowDriver w = open({std::string("--total=") + c.total, std::string("--others=") + c.others,
                             "--seconds=estimated", "--language=" + language},
                            1000, 640);
      ASSERT_TRUE(is_judged(w, "512", c.state)) << c.total << w.state()["cards"];
      const json dump = w.read();
      int measured = 0;
      for (const auto& [name, place] : dump["widgets"].items()) {
        if (!name.starts_with("figure.")) continue;
        const std::string preset = name.substr(7, name.rfind('.') - 7);
        const json card = dump["widgets"]["preset." + preset];
        const double left = place["x"].get<double>() - card["x"].get<double>();
        const double right = card["x"].get<double>() + card["w"].get<double>() -
                             place["x"].get<double>() - place["w"].get<double>();
        EXPECT_GE(left, 4) << name << dump["says"][name];
        EXPECT_GE(right, 4) << name << dump["says"][name];
        EXPECT_EQ(dump["says"][name].get<std::string>().find("…"), std::string::npos)
            << name << dump["says"][name];
        ++measured;
      }
      EXPECT_GE(measured, 10) << c.total;
      w.screenshot("cards_" + std::string(c.total) + "_" + language);
    }
  }
}

// 512 needs 3409.5 MB; a tenth is kept free of 3.68 GB, up to 256 MB.
TEST(WindowCards, WhatIsMissingIsInTheUnitOfTheSentenceBesideIt) {
  WindowDriver w = open({"--total=3.55G", "--others=60M"}, 1280, 800);
  ASSERT_TRUE(is_judged(w, "512", "short"));
  // 3635 − 60 − 256 = 3319 MB, 91 less than 3410.
  EXPECT_TRUE(w.wait_for_words("figure.512.need", "3410 MB"));
  EXPECT_TRUE(w.wait_for_words("figure.512.second", "91 MB"));
  w.hover("preset.512");
  EXPECT_TRUE(w.wait_for_words("tip", "Needs 3410 MB. 3635 MB of memory − 60 others − 256 kept"))
      << w.read()["says"]["tip"];
  w.screenshot("cards_in_megabytes");
}

}  // namespace
}  // namespace headroom::test
