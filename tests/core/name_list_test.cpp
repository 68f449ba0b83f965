#include "headroom/core/name_list.h"

#include <array>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(OrList, IsPartOfASentence) {
  constexpr std::array<std::string_view, 3> kNames{"a", "b", "c"};
  const std::span<const std::string_view> names = kNames;
  EXPECT_EQ(or_list(names.first(0)), "");
  EXPECT_EQ(or_list(names.first(1)), "a");
  EXPECT_EQ(or_list(names.first(2)), "a or b");
  EXPECT_EQ(or_list(names), "a, b or c");
}

TEST(OrList, IsSaidInTheWordsOfALanguage) {
  constexpr std::array<std::string_view, 3> kNames{"a", "b", "c"};
  const std::span<const std::string_view> names = kNames;
  EXPECT_TRUE(say_or_list(names.first(0)).empty());
  EXPECT_EQ(say_or_list(names.first(1)), Message("a"));
  EXPECT_EQ(say_or_list(names), say("{0} or {1}", say_list({"a", "b"}), "c"));
}

}  // namespace
}  // namespace headroom
