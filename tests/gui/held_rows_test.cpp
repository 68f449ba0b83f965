#include "headroom/gui_state/held_rows.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

struct Thing {
  std::string name;
  int known = 0;
};
bool is_same(const Thing& one, const Thing& other) { return one.name == other.name; }

bool all_come(const Thing& /*thing*/) { return true; }

std::string names(const HeldRows<Thing>& rows) {
  std::string all;
  for (const auto& row : rows.all())
    all += row.item.name + std::to_string(row.number) + "=" + std::to_string(row.item.known) + " ";
  return all;
}

TEST(HeldRows, AreInOrderUntilTheyAreHeld) {
  HeldRows<Thing> rows;
  rows.follow({{"a"}, {"b"}, {"c"}}, {1, 0, 2}, false, all_come);
  EXPECT_EQ(names(rows), "b1=0 a0=0 c2=0 ");
  rows.follow({{"a", 7}, {"b"}, {"c", 8}}, {0, 2, 1}, true, all_come);
  EXPECT_EQ(names(rows), "b1=0 a0=7 c2=8 ") << "more is known of them in their places";
  rows.follow({{"a", 7}, {"b"}, {"c", 8}}, {0, 2, 1}, false, all_come);
  EXPECT_EQ(names(rows), "a0=7 c2=8 b1=0 ");
}

TEST(HeldRows, WhatComesIsBelowWithANameOfItsOwnAndWhatGoesStays) {
  HeldRows<Thing> rows;
  rows.follow({{"a"}, {"b"}}, {0, 1}, false, all_come);
  rows.all()[0].height = 40;
  rows.follow({{"new"}, {"b"}, {"later"}}, {0, 1, 2}, true, all_come);
  EXPECT_EQ(names(rows), "a0=0 b1=0 new2=0 later3=0 ");
  EXPECT_EQ(rows.all()[0].height, 40);
  rows.follow({{"new"}, {"b"}}, {0, 1}, false, all_come);
  EXPECT_EQ(names(rows), "new0=0 b1=0 ");
}

TEST(HeldRows, WhatWouldPushAwayWhatIsPointedAtWaits) {
  HeldRows<Thing> rows;
  rows.follow({{"a"}}, {0}, false, all_come);
  const auto only_b = [](const Thing& thing) { return thing.name == "b"; };
  rows.follow({{"a"}, {"b"}, {"c"}}, {0, 1, 2}, true, only_b);
  EXPECT_EQ(names(rows), "a0=0 b1=0 ");
  rows.close();
  EXPECT_TRUE(rows.all().empty());
}

}  // namespace
}  // namespace headroom
