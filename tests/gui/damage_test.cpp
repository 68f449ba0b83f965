#include "headroom/gui_toolkit/damage.h"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

struct Quad {
  float x, y, width, height;
  unsigned color = 0xFFFFFFFF;
};

// What Dear ImGui hands over for quads of one texture below one clip rectangle.
std::unique_ptr<ImDrawList> list_of(const std::vector<Quad>& quads, ImTextureID texture = 1,
                                    ImVec4 clip = {0, 0, 1000, 1000}) {
  auto list = std::make_unique<ImDrawList>(nullptr);
  ImDrawCmd command;
  command.ClipRect = clip;
  command.TexRef = ImTextureRef(texture);
  command.ElemCount = static_cast<unsigned>(6 * quads.size());
  list->CmdBuffer.push_back(command);
  for (const Quad& q : quads) {
    const auto first = static_cast<ImDrawIdx>(list->VtxBuffer.Size);
    for (const ImVec2 at : {ImVec2{q.x, q.y}, ImVec2{q.x + q.width, q.y},
                            ImVec2{q.x + q.width, q.y + q.height}, ImVec2{q.x, q.y + q.height}}) {
      list->VtxBuffer.push_back({at, {0, 0}, q.color});
    }
    for (const int corner : {0, 1, 2, 0, 2, 3}) {
      list->IdxBuffer.push_back(static_cast<ImDrawIdx>(first + corner));
    }
  }
  return list;
}

class DamageTest : public testing::Test {
 protected:
  std::vector<Area> look(std::vector<std::unique_ptr<ImDrawList>> lists) {
    ImDrawData data;
    data.DisplaySize = {800, 600};
    for (const auto& list : lists) data.CmdLists.push_back(list.get());
    return damage_.look(data);
  }
  std::vector<Area> look(const std::vector<Quad>& quads) { return look(one(list_of(quads))); }
  static std::vector<std::unique_ptr<ImDrawList>> one(std::unique_ptr<ImDrawList> list) {
    std::vector<std::unique_ptr<ImDrawList>> lists;
    lists.push_back(std::move(list));
    return lists;
  }
  static void expect_area(const std::vector<Area>& areas, float x0, float y0, float x1, float y1) {
    ASSERT_EQ(areas.size(), 1U);
    EXPECT_EQ(areas[0].low.x, x0);
    EXPECT_EQ(areas[0].low.y, y0);
    EXPECT_EQ(areas[0].high.x, x1);
    EXPECT_EQ(areas[0].high.y, y1);
  }

  Damage damage_;
  const Quad left_{10, 10, 50, 20};
  const Quad right_{300, 100, 80, 40};
  const Quad last_{500, 400, 30, 30};
};

TEST_F(DamageTest, TheFirstTimeItIsAllAndThenNothing) {
  expect_area(look({left_, right_}), 0, 0, 800, 600);
  EXPECT_TRUE(look({left_, right_}).empty());
  damage_.forget();
  expect_area(look({left_, right_}), 0, 0, 800, 600);
}

TEST_F(DamageTest, IsWhereAColourChanged) {
  (void)look({left_, right_, last_});
  Quad lit = right_;
  lit.color = 0xFF0000FF;
  expect_area(look({left_, lit, last_}), 299, 99, 381, 141);
  EXPECT_TRUE(look({left_, lit, last_}).empty());
}

TEST_F(DamageTest, IsWhereSomethingWasAndWhereItIs) {
  (void)look({left_, right_});
  Quad moved = right_;
  moved.x += 100;
  expect_area(look({left_, moved}), 299, 99, 481, 141);
}

TEST_F(DamageTest, IsOnlyWhatWasPutInOrTakenOut) {
  (void)look({left_, last_});
  expect_area(look({left_, right_, last_}), 299, 99, 381, 141);
  expect_area(look({left_, last_}), 299, 99, 381, 141);
}

TEST_F(DamageTest, IsWhereAnotherTextureIsShown) {
  (void)look(one(list_of({left_}, 1)));
  expect_area(look(one(list_of({left_}, 2))), 9, 9, 61, 31);
}

TEST_F(DamageTest, StaysWithinTheClipAndTheScreen) {
  (void)look(one(list_of({left_}, 1, {0, 0, 30, 1000})));
  Quad lit = left_;
  lit.color = 0;
  expect_area(look(one(list_of({lit}, 1, {0, 0, 30, 1000}))), 9, 9, 31, 31);
  (void)look({Quad{790, 590, 50, 50}});
  expect_area(look({Quad{790, 590, 50, 50, 0}}), 789, 589, 800, 600);
}

TEST_F(DamageTest, ListsThatComeAndGoAreDrawnAndWipedAway) {
  (void)look({left_});
  std::vector<std::unique_ptr<ImDrawList>> lists;
  lists.push_back(list_of({left_}));
  lists.push_back(list_of({right_}));
  expect_area(look(std::move(lists)), 299, 99, 381, 141);
  expect_area(look({left_}), 299, 99, 381, 141);
}

TEST_F(DamageTest, AreasApartStayApartAndOnesThatTouchBecomeOne) {
  const auto two = [&](unsigned color, float second_x) {
    std::vector<std::unique_ptr<ImDrawList>> lists;
    lists.push_back(list_of({Quad{10, 10, 50, 20, color}}));
    lists.push_back(list_of({Quad{second_x, 10, 50, 20, color}}));
    return look(std::move(lists));
  };
  (void)two(1, 300);
  EXPECT_EQ(two(2, 300).size(), 2U);
  (void)two(3, 40);
  expect_area(two(4, 40), 9, 9, 91, 31);
}

}  // namespace
}  // namespace headroom
