#include "headroom/gui_toolkit/press_times.h"

#include <vector>

#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

using Events = std::vector<ImGuiInputEvent>;

ImGuiInputEvent button(std::uint32_t id, bool down, int which = ImGuiMouseButton_Left) {
  ImGuiInputEvent event;
  event.Type = ImGuiInputEventType_MouseButton;
  event.EventId = id;
  event.MouseButton.Button = which;
  event.MouseButton.Down = down;
  return event;
}

ImGuiInputEvent key(std::uint32_t id, ImGuiKey key, bool down) {
  ImGuiInputEvent event;
  event.Type = ImGuiInputEventType_Key;
  event.EventId = id;
  event.Key.Key = key;
  event.Key.Down = down;
  return event;
}

TEST(PressTimes, ClicksThatWaitForTheirFramesKeepTheTimeTheyWereMade) {
  PressTimes times;
  times.arrived(10, 5.0);
  times.arrived(12, 5.12);
  times.follow(Events{button(10, true)});
  EXPECT_EQ(times.last(), 5.0);
  times.follow(Events{button(11, false)});
  EXPECT_EQ(times.last(), 5.0) << "a button that is let go is no press";
  const auto since = times.before_next_click(Events{button(12, true)});
  ASSERT_TRUE(since);
  EXPECT_DOUBLE_EQ(*since, 5.12 - 5.0);
  times.follow(Events{button(12, true)});
  EXPECT_EQ(times.last(), 5.12);
}

TEST(PressTimes, AKeyCountsAsAPressAndNotAsAClick) {
  PressTimes times;
  times.arrived(1, 1.0);
  times.follow(Events{button(1, true)});
  times.arrived(2, 2.0);  // Ctrl is told of before the key that it is
  times.follow(Events{key(2, ImGuiMod_Ctrl, true), key(3, ImGuiKey_LeftCtrl, true)});
  times.arrived(4, 3.0);
  times.follow(Events{key(4, ImGuiKey_Enter, true)});
  EXPECT_EQ(times.last(), 3.0);
  times.arrived(6, 4.0);
  const auto since =
      times.before_next_click(Events{key(5, ImGuiKey_Enter, false), button(6, true)});
  ASSERT_TRUE(since);
  EXPECT_DOUBLE_EQ(*since, 4.0 - 1.0) << "after the last click";
}

TEST(PressTimes, TheOtherButtonsAreNoClicksAndAnUnknownPressChangesNothing) {
  PressTimes times;
  times.arrived(1, 1.0);
  EXPECT_FALSE(times.before_next_click(Events{button(1, true, ImGuiMouseButton_Right)}));
  EXPECT_FALSE(times.before_next_click(Events{}));
  times.follow(Events{button(1, true, ImGuiMouseButton_Right)});
  times.follow(Events{button(7, true)});
  EXPECT_EQ(times.last(), 1.0) << "nobody said when it was made";
}

}  // namespace
}  // namespace headroom
