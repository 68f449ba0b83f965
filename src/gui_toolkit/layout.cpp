#include "headroom/gui_toolkit/layout.h"

#include <algorithm>

namespace headroom {
namespace {

// In a lower window the settings of the usual layout would have to scroll.
constexpr double kUsualHeight_px = 760;

LayoutKind kind_of(double width, double height) {
  if (width < 1000) return LayoutKind::kComposer;
  if (width < 1200 || height < kUsualHeight_px) return LayoutKind::kNarrow;
  return width < 1440 ? LayoutKind::kUsual : LayoutKind::kWide;
}

}  // namespace

Layout lay_out(const LayoutInput& in) {
  const double width = in.width_px / in.scale;
  const double height = in.height_px / in.scale;
  Layout out;
  out.kind = kind_of(width, height);
  out.details_are_a_drawer = out.folds();
  out.details_shown = !out.details_are_a_drawer || in.details_open;

  // Design pixels; the background shows as lines between the panels.
  constexpr double kTop = 44;
  constexpr double kLine = 1;
  const double memory = out.folds() ? 40 : 72;
  const double rest = std::max(0.0, height - kTop - memory);
  const double make = out.kind == LayoutKind::kWide    ? 352
                      : out.kind == LayoutKind::kUsual ? 336
                                                       : 320;
  const double details = out.kind == LayoutKind::kWide ? std::min(360.0, 288 + (width - 1440) / 4)
                         : out.kind == LayoutKind::kUsual ? 272
                                                          : 300;
  const auto scaled = [&](double x, double y, double w, double h) {
    return Rect{x * in.scale, y * in.scale, w * in.scale, h * in.scale};
  };
  out.top = scaled(0, 0, width, kTop);
  out.memory = scaled(0, height - memory, width, memory);
  if (out.kind == LayoutKind::kComposer) {
    // The picture keeps the larger part of the height.
    constexpr double kGuess = 230;
    const double wanted = in.composer_px > 0 ? in.composer_px / in.scale : kGuess;
    const double composer = std::min(wanted, 0.55 * rest);
    out.make = scaled(0, kTop + rest - composer, width, composer);
    out.canvas = scaled(0, kTop, width, rest - composer - kLine);
  } else {
    const double right = out.details_are_a_drawer ? 0 : details + kLine;
    out.make = scaled(0, kTop, make, rest);
    out.canvas = scaled(make + kLine, kTop, width - make - kLine - right, rest);
  }
  const double drawer_rest = out.kind == LayoutKind::kComposer ? out.canvas.h / in.scale : rest;
  out.details = scaled(width - details, kTop, details, drawer_rest);
  return out;
}

}  // namespace headroom
