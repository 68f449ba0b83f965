#include "headroom/gui_toolkit/input_order.h"

#include <vector>

#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

using Events = std::vector<ImGuiInputEvent>;

ImGuiInputEvent key(ImGuiKey key, bool down) {
  ImGuiInputEvent event;
  event.Type = ImGuiInputEventType_Key;
  event.Key.Key = key;
  event.Key.Down = down;
  return event;
}

ImGuiInputEvent wheel() {
  ImGuiInputEvent event;
  event.Type = ImGuiInputEventType_MouseWheel;
  event.MouseWheel.WheelY = 1;
  return event;
}

// As Dear ImGui's GLFW part tells of it.
void ctrl(Events& events, bool down) {
  events.push_back(key(ImGuiMod_Ctrl, down));
  events.push_back(key(ImGuiKey_LeftCtrl, down));
}

TEST(InputOrder, AModifierThatIsLetGoAfterAKeyWaits) {
  Events events{key(ImGuiKey_Enter, true)};
  ctrl(events, false);
  events.push_back(key(ImGuiKey_Enter, false));
  EXPECT_EQ(events_of_frame(events), 1U);
  events.erase(events.begin());
  EXPECT_EQ(events_of_frame(events), 3U) << "in the frame after that all the rest is there";
}

TEST(InputOrder, AModifierThatIsPressedAfterAKeyWaits) {
  Events events{key(ImGuiKey_Enter, true)};
  ctrl(events, true);
  EXPECT_EQ(events_of_frame(events), 1U);
}

TEST(InputOrder, AModifierAndTheKeyAfterItBelongTogether) {
  Events events;
  ctrl(events, true);
  events.push_back(key(ImGuiMod_Shift, true));
  events.push_back(key(ImGuiKey_RightShift, true));
  events.push_back(key(ImGuiKey_Z, true));
  EXPECT_EQ(events_of_frame(events), events.size());
  ctrl(events, false);
  EXPECT_EQ(events_of_frame(events), 5U);
}

TEST(InputOrder, AKeyThatIsLetGoNeedsNoModifier) {
  Events events{key(ImGuiKey_Z, false)};
  ctrl(events, false);
  EXPECT_EQ(events_of_frame(events), events.size());
}

TEST(InputOrder, TheWheelHasTheModifiersOfItsTurn) {
  Events events;
  ctrl(events, true);
  events.push_back(wheel());
  ctrl(events, false);
  EXPECT_EQ(events_of_frame(events), 3U);
}

TEST(InputOrder, OfNothingNothingIsTaken) { EXPECT_EQ(events_of_frame({}), 0U); }

}  // namespace
}  // namespace headroom
