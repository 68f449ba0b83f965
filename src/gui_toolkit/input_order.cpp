#include "headroom/gui_toolkit/input_order.h"

#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {

std::size_t events_of_frame(std::span<const ImGuiInputEvent> waiting) {
  bool used = false;  // an earlier event used the modifiers
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const ImGuiInputEvent& event = waiting[i];
    if (event.Type == ImGuiInputEventType_MouseWheel) used = true;
    if (event.Type != ImGuiInputEventType_Key) continue;
    // Dear ImGui sends Ctrl as an event of its own, before the key LeftCtrl.
    const bool is_modifier = (event.Key.Key & ImGuiMod_Mask_) != 0;
    if (is_modifier && used) return i;
    const bool is_half_of_one =
        event.Key.Key >= ImGuiKey_LeftCtrl && event.Key.Key <= ImGuiKey_RightSuper;
    if (event.Key.Down && !is_modifier && !is_half_of_one) used = true;
  }
  return waiting.size();
}

}  // namespace headroom
