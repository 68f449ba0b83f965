#pragma once
#include <cstddef>
#include <span>

struct ImGuiInputEvent;

namespace headroom {

// How many of the waiting events, from the first one on, belong into the next frame. Dear ImGui
// knows one state of the modifiers a frame: where frames are slow, Ctrl that is let go after Enter
// was pressed would turn Ctrl+Enter into Enter. So a modifier that changes after a key went down,
// or after the wheel was turned, waits for a frame of its own. (After a mouse button Dear ImGui
// makes keys wait by itself.)
[[nodiscard]] std::size_t events_of_frame(std::span<const ImGuiInputEvent> waiting);

}  // namespace headroom
