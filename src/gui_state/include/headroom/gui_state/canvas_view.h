#pragma once

namespace headroom {

struct Rect {
  double x = 0, y = 0, w = 0, h = 0;
  [[nodiscard]] bool contains(double px, double py) const {
    return px >= x && py >= y && px < x + w && py < y + h;
  }
};

// Where a picture lies on the canvas: fitted, or at a scale with an offset. A plain value.
class CanvasView {
 public:
  static constexpr double kMinScale = 0.05;
  static constexpr double kMaxScale = 32.0;
  // A picture that would be fitted by enlarging it by less than this stays at 100 %, which is
  // sharp.
  static constexpr double kSharpUpTo = 1.12;

  void show_fit() { fit_ = true; }
  void show_actual();  // one picture pixel per window pixel, centred
  // Changes the scale by `factor` so that the picture's point under the cursor stays there.
  void zoom_at(double cursor_x, double cursor_y, double factor, const Rect& canvas, int width,
               int height);
  void drag(double dx, double dy, const Rect& canvas, int width, int height);

  [[nodiscard]] bool fits() const { return fit_; }
  [[nodiscard]] double scale(const Rect& canvas, int width, int height) const;
  // The picture's rectangle, in the canvas's coordinates.
  [[nodiscard]] Rect place(const Rect& canvas, int width, int height) const;

 private:
  void leave_fit(const Rect& canvas, int width, int height);
  // Keeps part of the picture on the canvas, so that it cannot be lost.
  void hold(const Rect& canvas, int width, int height);

  bool fit_ = true;
  double scale_ = 1.0;
  double offset_x_ = 0;  // of the picture's centre from the canvas's
  double offset_y_ = 0;
};

}  // namespace headroom
