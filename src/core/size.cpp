#include "headroom/core/size.h"

#include "headroom/core/name_list.h"

#include <algorithm>

namespace headroom {

std::string preset_names() {
  std::array<std::string_view, kSizePresets.size()> names;
  std::ranges::transform(kSizePresets, names.begin(), &SizePreset::name);
  return or_list(names);
}

std::optional<SizePreset> find_preset(std::string_view name) {
  for (const SizePreset& preset : kSizePresets) {
    if (preset.name == name) return preset;
  }
  return std::nullopt;
}

std::string to_string(Size size) {
  return std::to_string(size.width) + "×" + std::to_string(size.height);
}

Size snap(Size size, int unit) {
  const auto side = [unit](int px) {
    const int largest = kMaxSide_px / unit * unit;
    const long long nearest = (static_cast<long long>(px) + unit / 2) / unit * unit;
    return static_cast<int>(std::clamp<long long>(nearest, unit, largest));
  };
  return {side(size.width), side(size.height)};
}

}  // namespace headroom
