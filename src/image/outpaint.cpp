#include "headroom/image/outpaint.h"

#include "headroom/core/round_up.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace headroom {
namespace {

constexpr std::string_view kWord = "outpaint ";
constexpr std::string_view kBetween = ", ";  // the name of a mask's file and the margins

std::string name_of(const Margins& m) {
  return std::string(kWord) + std::to_string(m.left) + "," + std::to_string(m.top) + "," +
         std::to_string(m.right) + "," + std::to_string(m.bottom);
}

std::optional<Margins> read_margins(std::string_view text) {
  std::array<int, 4> sides{};
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (i > 0 && !text.starts_with(',')) return std::nullopt;
    if (i > 0) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sides.at(i));
    if (error != std::errc() || sides.at(i) < 0 || sides.at(i) > kMaxSide_px) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  if (!text.empty()) return std::nullopt;
  return Margins{sides[0], sides[1], sides[2], sides[3]};
}

// A mask in greys up to 255, with margins that go on as its edge is.
GreyImage extend_mask(const GreyImage& mask, std::uint8_t full, const Margins& margins) {
  Image image{mask.width, mask.height, {}};
  image.rgb.reserve(3 * mask.grey.size());
  for (const std::uint8_t value : mask.grey) {
    image.rgb.insert(image.rgb.end(), 3, static_cast<std::uint8_t>(value * 255 / full));
  }
  const Image extended = extend(image, margins);
  GreyImage out{extended.width, extended.height, {}};
  out.grey.reserve(extended.rgb.size() / 3);
  for (std::size_t i = 0; i < extended.rgb.size(); i += 3) out.grey.push_back(extended.rgb[i]);
  return out;
}

}  // namespace

Size extended_size(Size picture, const Margins& m) {
  return {picture.width + m.left + m.right, picture.height + m.top + m.bottom};
}

Margins whole_units(Margins margins, Size picture, int unit) {
  const auto grow = [unit](int side, int& before, int& after) {
    const int missing = round_up(side + before + after, unit) - side - before - after;
    (after > 0 || before == 0 ? after : before) += missing;
  };
  grow(picture.width, margins.left, margins.right);
  grow(picture.height, margins.top, margins.bottom);
  return margins;
}

void outpaint(InitImage& init, const Margins& margins, int unit) {
  const Size size = extended_size({init.image.width, init.image.height}, margins);
  // Four latents of any decoder that a model's unit comes from: enough for a seam to be blended.
  GreyImage repaint = margin_mask(size.width, size.height, margins, 2 * unit);
  std::string& name = init.mask_file.name;
  if (init.repaint) {
    const GreyImage painted = extend_mask(*init.repaint, init.repaint_full, margins);
    std::transform(painted.grey.begin(), painted.grey.end(), repaint.grey.begin(),
                   repaint.grey.begin(),
                   [](std::uint8_t one, std::uint8_t other) { return std::max(one, other); });
    name += kBetween;
  }
  name += name_of(margins);
  init.image = extend(init.image, margins);
  init.repaint = std::move(repaint);
  init.repaint_full = 255;
}

Margins take_margins(std::string& mask_name) {
  const std::size_t at = mask_name.rfind(kWord);
  if (at == std::string::npos) return {};
  const bool is_alone = at == 0;
  const bool is_behind =
      at >= kBetween.size() && std::string_view(mask_name).substr(0, at).ends_with(kBetween);
  if (!is_alone && !is_behind) return {};
  const auto margins = read_margins(std::string_view(mask_name).substr(at + kWord.size()));
  if (!margins) return {};
  mask_name.resize(is_alone ? 0 : at - kBetween.size());
  return *margins;
}

}  // namespace headroom
