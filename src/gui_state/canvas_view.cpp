#include "headroom/gui_state/canvas_view.h"

#include <algorithm>

namespace headroom {

void CanvasView::show_actual() {
  fit_ = false;
  scale_ = 1.0;
  offset_x_ = offset_y_ = 0;
}

double CanvasView::scale(const Rect& canvas, int width, int height) const {
  if (!fit_ || width <= 0 || height <= 0) return scale_;
  const double fit = std::min(canvas.w / width, canvas.h / height);
  if (fit > 1 && fit < kSharpUpTo) return 1;
  return std::clamp(fit, kMinScale, kMaxScale);
}

Rect CanvasView::place(const Rect& canvas, int width, int height) const {
  const double s = scale(canvas, width, height);
  const double w = s * width;
  const double h = s * height;
  const double ox = fit_ ? 0 : offset_x_;
  const double oy = fit_ ? 0 : offset_y_;
  return {canvas.x + (canvas.w - w) / 2 + ox, canvas.y + (canvas.h - h) / 2 + oy, w, h};
}

void CanvasView::leave_fit(const Rect& canvas, int width, int height) {
  if (!fit_) return;
  scale_ = scale(canvas, width, height);
  offset_x_ = offset_y_ = 0;
  fit_ = false;
}

void CanvasView::zoom_at(double cursor_x, double cursor_y, double factor, const Rect& canvas,
                         int width, int height) {
  leave_fit(canvas, width, height);
  const double scaled = std::clamp(scale_ * factor, kMinScale, kMaxScale);
  const double ratio = scaled / scale_;
  const double centre_x = canvas.x + canvas.w / 2 + offset_x_;
  const double centre_y = canvas.y + canvas.h / 2 + offset_y_;
  offset_x_ += (cursor_x - centre_x) * (1 - ratio);
  offset_y_ += (cursor_y - centre_y) * (1 - ratio);
  scale_ = scaled;
  hold(canvas, width, height);
}

void CanvasView::drag(double dx, double dy, const Rect& canvas, int width, int height) {
  leave_fit(canvas, width, height);
  offset_x_ += dx;
  offset_y_ += dy;
  hold(canvas, width, height);
}

void CanvasView::hold(const Rect& canvas, int width, int height) {
  const double limit_x = (canvas.w + scale_ * width) / 2 - std::min(40.0, canvas.w / 4);
  const double limit_y = (canvas.h + scale_ * height) / 2 - std::min(40.0, canvas.h / 4);
  offset_x_ = std::clamp(offset_x_, -std::max(0.0, limit_x), std::max(0.0, limit_x));
  offset_y_ = std::clamp(offset_y_, -std::max(0.0, limit_y), std::max(0.0, limit_y));
}

}  // namespace headroom
