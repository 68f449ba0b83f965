#pragma once

namespace headroom {

// A rectangle by its upper left corner and size; the unit depends on the use.
struct Rect {
  double x = 0, y = 0, w = 0, h = 0;
  [[nodiscard]] bool contains(double px, double py) const {
    return px >= x && py >= y && px < x + w && py < y + h;
  }
};

// The position of a picture on the canvas: fitted, or with a scale and an offset. A plain value.
class CanvasView {
 public:
  static constexpr double kMinScale = 0.05;
  static constexpr double kMaxScale = 32.0;
  // If fitting would enlarge the picture by less than this, it stays at 100 %, which is sharp.
  static constexpr double kSharpUpTo = 1.12;

  void show_fit() { fit_ = true; }
  void show_actual();  // one picture pixel per screen pixel, centred
  // Multiplies the scale by `factor`; the picture's point under the cursor stays there.
  void zoom_at(double cursor_x, double cursor_y, double factor, const Rect& canvas, int width,
               int height);
  void drag(double dx, double dy, const Rect& canvas, int width, int height);

  [[nodiscard]] bool fits() const { return fit_; }
  [[nodiscard]] double scale(const Rect& canvas, int width, int height) const;
  // The picture's rectangle, in canvas coordinates.
  [[nodiscard]] Rect place(const Rect& canvas, int width, int height) const;

 private:
  void leave_fit(const Rect& canvas, int width, int height);
  // Keeps a part of the picture on the canvas, so that the user cannot lose it.
  void hold(const Rect& canvas, int width, int height);

  bool fit_ = true;
  double scale_ = 1.0;
  double offset_x_ = 0;  // from the canvas's centre to the picture's
  double offset_y_ = 0;
};

}  // namespace headroom
