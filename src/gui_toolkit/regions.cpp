#include "headroom/gui_toolkit/regions.h"

#include <array>
#include <string_view>

#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

constexpr int kRegions = 4;

// Names of the regions' windows; see the panels.
constexpr std::array<std::array<const char*, 2>, kRegions> kWindows{
    {{"left", nullptr}, {"canvas", nullptr}, {"right", "drawer"}, {"top", nullptr}}};

bool is_shown(const Ui& ui, Region region) {
  return region != Region::kDetails || ui.frame.layout.details_shown;
}

const Rect& area_of(const Ui& ui, Region region) {
  const Layout& layout = ui.frame.layout;
  switch (region) {
    case Region::kMake:
      return layout.make;
    case Region::kCanvas:
      return layout.canvas;
    case Region::kDetails:
      return layout.details;
    case Region::kTop:
      return layout.top;
  }
  return layout.make;
}

void go_to(const Ui& ui, Region region) {
  ui.state.region_marked = true;
  if (region == Region::kMake) {  // its first item is the prompt
    ui.state.focus = "prompt";
    return;
  }
  const bool drawer = region == Region::kDetails && ui.frame.layout.details_are_a_drawer;
  const char* const name = kWindows[static_cast<std::size_t>(region)][drawer ? 1 : 0];
  ImGuiWindow* const window = ImGui::FindWindowByName(name);
  if (window == nullptr) return;
  ImGui::FocusWindow(window);
  if (region == Region::kCanvas) return;  // keys there belong to the picture, not to buttons
  ImGui::NavInitWindow(window, true);
  ImGui::SetNavCursorVisible(true);
}

}  // namespace

std::optional<Region> region_of_keyboard() {
  const ImGuiWindow* const window = ImGui::GetCurrentContext()->NavWindow;
  if (window == nullptr) return std::nullopt;
  const std::string_view name = window->RootWindow->Name;
  for (int i = 0; i < kRegions; ++i) {
    for (const char* const own : kWindows[static_cast<std::size_t>(i)]) {
      if (own != nullptr && name == own) return static_cast<Region>(i);
    }
  }
  return std::nullopt;
}

void go_to_next_region(const Ui& ui, bool back) {
  const auto now = region_of_keyboard();
  int next = now ? static_cast<int>(*now) : static_cast<int>(back ? Region::kMake : Region::kTop);
  do {
    next = (next + (back ? kRegions - 1 : 1)) % kRegions;
  } while (!is_shown(ui, static_cast<Region>(next)));
  go_to(ui, static_cast<Region>(next));
}

void draw_region_frame(const Ui& ui) {
  if (ImGui::GetIO().MouseClicked[0] || ImGui::GetIO().MouseClicked[1])
    ui.state.region_marked = false;
  const auto region = region_of_keyboard();
  // The canvas draws a frame itself, also after mouse clicks.
  if (!ui.state.region_marked || !region || *region == Region::kCanvas) return;
  const Rect& r = area_of(ui, *region);
  const float in = ui.px(2);
  ImGui::GetForegroundDrawList()->AddRect(
      {static_cast<float>(r.x) + in, static_cast<float>(r.y) + in},
      {static_cast<float>(r.x + r.w) - in, static_cast<float>(r.y + r.h) - in}, ui.colors.text_dim,
      ui.px(4), ui.px(1.5F));
}

}  // namespace headroom
