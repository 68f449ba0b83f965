#include "headroom/core/nearest_name.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

const std::vector<std::string> kKeys{"model.device", "model.dtype", "window.theme", "window.width"};

TEST(NearestName, IsTheOneWithTheFewestChanges) {
  EXPECT_EQ(nearest_name("window.thme", kKeys), "window.theme");
  EXPECT_EQ(nearest_name("model.dvice", kKeys), "model.device");
  EXPECT_EQ(nearest_name("", {"ab", "abc"}), "ab") << "two letters are added";
}

TEST(NearestName, SwappedNeighboursAreOneChange) {
  EXPECT_EQ(nearest_name("PAHT", {"PATH"}, 1), "PATH");
  EXPECT_EQ(nearest_name("setps", {"steps", "size"}, 1), "steps");
  EXPECT_EQ(nearest_name("ca", {"abc"}, 2), "") << "3: what was swapped is not changed again";
  EXPECT_EQ(nearest_name("", {"ab"}, 1), "");
}

TEST(NearestName, ARightKeyInTheWrongSectionIsNearest) {
  EXPECT_EQ(nearest_name("output.dtype", kKeys), "model.dtype");
  EXPECT_EQ(nearest_name("theme", kKeys), "window.theme");
}

// Two changes, or of long names a third of the letters.
TEST(NearestName, TooFarIsNone) {
  EXPECT_EQ(nearest_name("seed", {"step", "size"}), "step") << "e, d: two letters";
  EXPECT_EQ(nearest_name("seed", {"count"}), "");
  EXPECT_EQ(nearest_name("abcdefghi", {"abcdefxyz"}), "abcdefxyz") << "3 of 9";
  EXPECT_EQ(nearest_name("abcdefghi", {"abcdewxyz"}), "") << "4 of 9";
}

TEST(NearestName, HowFarMayBeSaid) {
  EXPECT_EQ(nearest_name("fox", {"fax"}, 0), "");
  EXPECT_EQ(nearest_name("fox", {"fax"}, 1), "fax");
  EXPECT_EQ(nearest_name("fox", {"fix", "fox"}, 1), "fox");
}

TEST(NearestName, OfAPageOfTextThereIsNone) {
  EXPECT_EQ(nearest_name(std::string(81, 'a'), {std::string(81, 'a')}), "");
  EXPECT_EQ(nearest_name(std::string(81, 'a'), {std::string(81, 'a')}, 5), "");
}

TEST(NearestName, IsSuggestedOrElseAllAreNamed) {
  EXPECT_EQ(suggest("stpes", {"steps", "size"}).english(), " (did you mean steps?)");
  EXPECT_EQ(suggest("colour", {"steps", "size"}).english(), " (known: steps, size)");
}

}  // namespace
}  // namespace headroom
