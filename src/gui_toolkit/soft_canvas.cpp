#include "soft_canvas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace headroom {
namespace {

struct Colour {
  double red = 0, green = 0, blue = 0, alpha = 0;  // 0..255
};

Colour colour_of(ImU32 color) {
  const auto channel = [color](int shift) { return static_cast<double>(color >> shift & 0xFF); };
  return {channel(IM_COL32_R_SHIFT), channel(IM_COL32_G_SHIFT), channel(IM_COL32_B_SHIFT),
          channel(IM_COL32_A_SHIFT)};
}

std::uint32_t pixel_of(const Colour& c) {
  const auto channel = [](double value) {
    return static_cast<std::uint32_t>(std::clamp(value, 0.0, 255.0) + 0.5);
  };
  return 0xFF000000U | channel(c.red) << 16 | channel(c.green) << 8 | channel(c.blue);
}

std::uint32_t blend(std::uint32_t under, const Colour& over) {
  const double share = over.alpha / 255;
  const auto channel = [&](int shift, double value) {
    const auto below = static_cast<double>(under >> shift & 0xFF);
    return below + (value - below) * share;
  };
  return pixel_of({channel(16, over.red), channel(8, over.green), channel(0, over.blue), 255});
}

Colour texel(const SoftTexture::Level& level, int x, int y) {
  const auto row = static_cast<std::size_t>(std::clamp(y, 0, level.height - 1)) *
                   static_cast<std::size_t>(level.width);
  const std::uint8_t* const p = &level.rgba[4 * (row + std::clamp(x, 0, level.width - 1))];
  return {double(p[0]), double(p[1]), double(p[2]), double(p[3])};
}

Colour mix(const Colour& a, const Colour& b, double share) {
  return {a.red + (b.red - a.red) * share, a.green + (b.green - a.green) * share,
          a.blue + (b.blue - a.blue) * share, a.alpha + (b.alpha - a.alpha) * share};
}

// Between the four nearest texels; u and v are 0..1.
Colour smooth_sample(const SoftTexture::Level& level, double u, double v) {
  const double x = u * level.width - 0.5;
  const double y = v * level.height - 0.5;
  const int left = static_cast<int>(std::floor(x));
  const int top = static_cast<int>(std::floor(y));
  const double across = x - left;
  const double down = y - top;
  const Colour above = across == 0
                           ? texel(level, left, top)
                           : mix(texel(level, left, top), texel(level, left + 1, top), across);
  if (down == 0) return above;
  return mix(above, mix(texel(level, left, top + 1), texel(level, left + 1, top + 1), across),
             down);
}

Colour sample(const SoftTexture& texture, const SoftTexture::Level& level, double u, double v) {
  if (!texture.hard) return smooth_sample(level, u, v);
  return texel(level, static_cast<int>(std::floor(u * level.width)),
               static_cast<int>(std::floor(v * level.height)));
}

Colour tinted(const Colour& texture, const Colour& color) {
  return {texture.red * color.red / 255, texture.green * color.green / 255,
          texture.blue * color.blue / 255, texture.alpha * color.alpha / 255};
}

// A value that changes evenly over a triangle.
struct Ramp {
  double at_origin = 0, across = 0, down = 0;
  [[nodiscard]] double at(double x, double y) const { return at_origin + across * x + down * y; }
};

// The first pixel whose middle is not before `edge`.
int first_pixel(double edge) {
  constexpr double kFar = 1e6;
  return static_cast<int>(std::ceil(std::clamp(edge, -kFar, kFar) - 0.5));
}

// Where the edge from `a` to `b` crosses the height `y`. The same for both directions, so that
// neighbours leave no gap.
template <typename Corner>
double crossing(const Corner& a, const Corner& b, double y) {
  const bool turned = a.y > b.y;
  const Corner& low = turned ? b : a;
  const Corner& high = turned ? a : b;
  return low.x + (y - low.y) * (high.x - low.x) / (high.y - low.y);
}

// What a triangle's pixels get. Its corners follow each other clockwise; `twice` is its area's
// double.
template <typename Corner>
class Paint {
 public:
  Paint(const Corner& a, const Corner& b, const Corner& c, double twice, const SoftTexture& texture)
      : texture_(texture), color_(colour_of(a.color)) {
    const auto ramp = [&](double at_a, double at_b, double at_c) {
      const double b_more = at_b - at_a;
      const double c_more = at_c - at_a;
      Ramp r;
      r.across = (b_more * (c.y - a.y) - c_more * (b.y - a.y)) / twice;
      r.down = (c_more * (b.x - a.x) - b_more * (c.x - a.x)) / twice;
      r.at_origin = at_a - r.across * a.x - r.down * a.y;
      return r;
    };
    u_ = ramp(a.u, b.u, c.u);
    v_ = ramp(a.v, b.v, c.v);
    one_color_ = a.color == b.color && a.color == c.color;
    one_texel_ = a.u == b.u && a.u == c.u && a.v == b.v && a.v == c.v;
    if (!one_color_) {
      const Colour at_b = colour_of(b.color);
      const Colour at_c = colour_of(c.color);
      red_ = ramp(color_.red, at_b.red, at_c.red);
      green_ = ramp(color_.green, at_b.green, at_c.green);
      blue_ = ramp(color_.blue, at_b.blue, at_c.blue);
      alpha_ = ramp(color_.alpha, at_b.alpha, at_c.alpha);
    }
    const SoftTexture::Level& whole = texture.level_for(1);
    const double texels = std::abs(u_.across * v_.down - u_.down * v_.across);
    level_ = &texture.level_for(std::sqrt(texels * whole.width * whole.height));
    first_ = sample(texture, *level_, a.u, a.v);
  }

  // Paints pixels [left, right) of a row whose middle is at `y`.
  void row(std::uint32_t* pixels, int left, int right, double y) const {
    if (one_color_ && one_texel_ && first_.alpha * color_.alpha >= 255.0 * 255.0) {
      std::fill(pixels + left, pixels + right, pixel_of(tinted(first_, color_)));
      return;
    }
    for (int column = left; column < right; ++column) {
      const double x = column + 0.5;
      const Colour color =
          one_color_ ? color_
                     : Colour{red_.at(x, y), green_.at(x, y), blue_.at(x, y), alpha_.at(x, y)};
      const Colour over =
          tinted(one_texel_ ? first_ : sample(texture_, *level_, u_.at(x, y), v_.at(x, y)), color);
      if (over.alpha > 0) pixels[column] = blend(pixels[column], over);
    }
  }

 private:
  const SoftTexture& texture_;
  const SoftTexture::Level* level_ = nullptr;
  Colour color_;    // of the first corner
  Colour first_{};  // the texture's there
  bool one_color_ = false;
  bool one_texel_ = false;
  Ramp u_, v_, red_, green_, blue_, alpha_;
};

}  // namespace

void SoftCanvas::resize(int width, int height) {
  if (width == width_ && height == height_) return;
  width_ = width;
  height_ = height;
  pixels_.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0xFF000000U);
}

void SoftCanvas::fill(const Corner& a, Corner b, Corner c, const PixelBox& clip,
                      const SoftTexture& texture) {
  double twice = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
  if (twice == 0 || !std::isfinite(twice)) return;
  if (twice < 0) {
    std::swap(b, c);  // now they follow each other clockwise
    twice = -twice;
  }
  const Paint<Corner> paint(a, b, c, twice, texture);
  const std::array<std::pair<const Corner*, const Corner*>, 3> edges{
      {{&a, &b}, {&b, &c}, {&c, &a}}};
  const int top = std::max(clip.top, first_pixel(std::min({a.y, b.y, c.y})));
  const int bottom = std::min(clip.bottom, first_pixel(std::max({a.y, b.y, c.y})));
  for (int row = top; row < bottom; ++row) {
    const double y = row + 0.5;
    int left = clip.left;
    int right = clip.right;
    for (const auto& [from, to] : edges) {
      if (y < std::min(from->y, to->y) || y >= std::max(from->y, to->y)) continue;
      const int at = first_pixel(crossing(*from, *to, y));
      if (from->y > to->y) {
        left = std::max(left, at);
      } else {
        right = std::min(right, at);
      }
    }
    if (left < right)
      paint.row(&pixels_[static_cast<std::size_t>(row) * static_cast<std::size_t>(width_)], left,
                right, y);
  }
}

void SoftCanvas::draw_list(const ImDrawData& data, const ImDrawList& list, const PixelBox& area) {
  const ImVec2 origin = data.DisplayPos;
  const ImVec2 scale = data.FramebufferScale;
  for (const ImDrawCmd& command : list.CmdBuffer) {
    // soft_drawer.cpp made the number from the pointer.
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    const auto* const texture = reinterpret_cast<const SoftTexture*>(command.GetTexID());
    if (command.UserCallback != nullptr || texture == nullptr) continue;
    PixelBox clip = pixels_of(
        data, {{command.ClipRect.x, command.ClipRect.y}, {command.ClipRect.z, command.ClipRect.w}});
    clip = {std::max(clip.left, area.left), std::max(clip.top, area.top),
            std::min(clip.right, area.right), std::min(clip.bottom, area.bottom)};
    if (clip.left >= clip.right || clip.top >= clip.bottom) continue;
    const auto corner = [&](unsigned index) {
      const ImDrawVert& at = list.VtxBuffer[static_cast<int>(
          command.VtxOffset + list.IdxBuffer[static_cast<int>(command.IdxOffset + index)])];
      return Corner{(at.pos.x - origin.x) * scale.x, (at.pos.y - origin.y) * scale.y, at.uv.x,
                    at.uv.y, at.col};
    };
    for (unsigned i = 0; i + 2 < command.ElemCount; i += 3)
      fill(corner(i), corner(i + 1), corner(i + 2), clip, *texture);
  }
}

void SoftCanvas::draw(const ImDrawData& data, const Area& area, unsigned background) {
  PixelBox box = pixels_of(data, area);
  box = {std::max(box.left, 0), std::max(box.top, 0), std::min(box.right, width_),
         std::min(box.bottom, height_)};
  const std::uint32_t under = pixel_of(colour_of(background));
  for (int row = box.top; row < box.bottom; ++row) {
    std::uint32_t* const pixels = &pixels_[static_cast<std::size_t>(row) * width_];
    if (box.left < box.right) std::fill(pixels + box.left, pixels + box.right, under);
  }
  for (const ImDrawList* const list : data.CmdLists) draw_list(data, *list, box);
}

}  // namespace headroom
