#include "headroom/core/prompt_choices.h"

#include "headroom/core/error.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace headroom {
namespace {

const Wildcards kNone;

std::set<std::string> all_picks(const std::string& prompt, const Wildcards& wildcards = kNone) {
  std::set<std::string> picks;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    picks.insert(pick_choices(prompt, seed, wildcards));
  }
  return picks;
}

TEST(PromptChoices, EveryPartIsPickedBySomeSeedAndNothingElse) {
  EXPECT_EQ(all_picks("a {red|green|} fox"),
            (std::set<std::string>{"a red fox", "a green fox", "a  fox"}));
  EXPECT_EQ(all_picks("{a {b|c}|d}"), (std::set<std::string>{"a b", "a c", "d"}));
}

TEST(PromptChoices, PicksAreEvenAndIndependent) {
  std::map<std::string, int> counts;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    ++counts[pick_choices("{a|b}{c|d}", seed, kNone)];
  }
  ASSERT_EQ(counts.size(), 4U);
  // 1000 each; five standard deviations of a binomial are 137.
  for (const auto& [text, count] : counts) EXPECT_NEAR(count, 1000, 137) << text;
}

TEST(PromptChoices, TheSameSeedPicksTheSame) {
  EXPECT_EQ(pick_choices("{a|b|c|d|e|f|g}", 7, kNone), pick_choices("{a|b|c|d|e|f|g}", 7, kNone));
}

TEST(PromptChoices, WhatIsNoChoiceStays) {
  for (const std::string text : {"a {red} fox", "a {red fox", "a red} fox | cat", "{}",
                                 "__colour__", "snake_case __init", "__a b__", ""}) {
    EXPECT_FALSE(has_choices(text, kNone)) << text;
    EXPECT_EQ(pick_choices(text, 1, kNone), text);
  }
  EXPECT_TRUE(has_choices("a {red {dark|bright}} fox", kNone));
  EXPECT_EQ(all_picks("{x {a|b}}"), (std::set<std::string>{"{x a}", "{x b}"}));
}

TEST(PromptChoices, WildcardsAreLinesAndMayHoldFurtherChoices) {
  const Wildcards wildcards =
      [](const std::string& name) -> std::optional<std::vector<std::string>> {
    if (name == "colour") return std::vector<std::string>{"red", "{dark|bright} blue"};
    if (name == "animal") return std::vector<std::string>{"__colour__ fox"};
    if (name == "loop") return std::vector<std::string>{"__loop__"};
    if (name == "empty") return std::vector<std::string>{};
    return std::nullopt;
  };
  EXPECT_TRUE(has_choices("a __colour__ fox", wildcards));
  EXPECT_EQ(all_picks("a __animal__", wildcards),
            (std::set<std::string>{"a red fox", "a dark blue fox", "a bright blue fox"}));
  for (const std::string name : {"none", "empty", "loop"}) {
    try {
      static_cast<void>(pick_choices("a __" + name + "__", 1, wildcards));
      ADD_FAILURE() << name;
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find(name), std::string::npos) << e.what();
    }
  }
}

}  // namespace
}  // namespace headroom
