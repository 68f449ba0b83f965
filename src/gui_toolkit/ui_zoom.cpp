#include "headroom/gui_toolkit/ui_zoom.h"

#include "headroom/gui_state/format.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace headroom {
namespace {

constexpr std::array kZooms{0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0};

}  // namespace

std::optional<double> next_zoom(double now, bool larger) {
  if (larger) {
    const auto* const above = std::upper_bound(kZooms.begin(), kZooms.end(), now);
    return above == kZooms.end() ? std::nullopt : std::optional(*above);
  }
  const auto* const at = std::lower_bound(kZooms.begin(), kZooms.end(), now);
  return at == kZooms.begin() ? std::nullopt : std::optional(*std::prev(at));
}

std::string zoom_text(double zoom) { return format_number(zoom); }

double read_zoom(const std::string& text) {
  for (const double zoom : kZooms) {
    if (zoom_text(zoom) == text) return zoom;
  }
  return 1;
}

}  // namespace headroom
