#pragma once
#include <cstddef>
#include <span>

struct ImGuiInputEvent;

namespace headroom {

// How many of the waiting events, starting with the first, belong to the next frame. Dear ImGui
// has one state of the modifier keys per frame. If frames are slow, releasing Ctrl after Enter was
// pressed would turn Ctrl+Enter into Enter. So a modifier change after a key press, or after the
// wheel was turned, waits for the next frame. (After a mouse button Dear ImGui delays keys by
// itself.)
[[nodiscard]] std::size_t events_of_frame(std::span<const ImGuiInputEvent> waiting);

}  // namespace headroom
