#include "headroom/gui_state/menu_rows.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

ModelOffer offer(const std::string& model) {
  ModelOffer made;
  made.model = made.name = model;
  made.place = "/models/" + model;
  made.file_bytes = 1;
  return made;
}

std::vector<ModelOffer> offers(const std::vector<std::string>& models) {
  std::vector<ModelOffer> all;
  for (const std::string& model : models) all.push_back(offer(model));
  return all;
}

ModelOnDevice opened(const std::string& model) {
  ModelOnDevice made;
  made.choice.model = made.model.name = model;
  made.model.path = "/models/" + model;
  return made;
}

std::vector<std::string> names(const MenuRows& rows) {
  std::vector<std::string> all;
  for (const ModelOffer& row : rows.all()) all.push_back(row.name);
  return all;
}

using Names = std::vector<std::string>;

TEST(MenuRows, EachKeepsItsPlaceWhileOthersAreFound) {
  MenuRows rows;
  // The one that is opened is found late, and so is the one that was used last.
  const std::vector<std::string> all{"a", "b", "c", "d", "e", "f", "g", "used", "opened"};
  Names before;
  for (std::size_t n = 0; n <= all.size(); ++n) {
    rows.follow(offers({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n)}), {"used"},
                opened("opened"));
    const Names now = names(rows);
    ASSERT_GE(now.size(), before.size());
    EXPECT_TRUE(std::equal(before.begin(), before.end(), now.begin())) << n;
    before = now;
  }
  EXPECT_EQ(before, (Names{"opened", "a", "b", "c", "d", "e", "f", "used"}));
  EXPECT_EQ(rows.all().front().file_bytes, 1) << "what was found of it is known by now";
}

TEST(MenuRows, OneThatIsFoundNoMoreStaysUntilTheMenuIsOpenedAnew) {
  MenuRows rows;
  rows.follow(offers({"a", "b", "c"}), {}, opened("b"));
  ModelOffer judged = offer("c");
  judged.problem = say("it is damaged");
  const std::vector<ModelOffer> later{judged, offer("d"), offer("b")};
  rows.follow(later, {}, opened("b"));
  EXPECT_EQ(names(rows), (Names{"a", "b", "c", "d"}));
  EXPECT_FALSE(rows.all()[2].problem.empty());
  rows.close();
  rows.follow(later, {}, opened("b"));
  EXPECT_EQ(names(rows), (Names{"c", "d", "b"}));
}

TEST(MenuRows, AnotherThatIsOpenedMeanwhileMovesNothing) {
  MenuRows rows;
  rows.follow(offers({"a", "b"}), {}, opened("elsewhere"));
  rows.follow(offers({"a", "b"}), {}, opened("b"));
  EXPECT_EQ(names(rows), (Names{"elsewhere", "a", "b"}));
}

}  // namespace
}  // namespace headroom
