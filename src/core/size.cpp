#include "headroom/core/size.h"

#include "headroom/core/name_list.h"

#include <algorithm>
#include <charconv>

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

std::optional<Size> parse_size(std::string_view text) {
  Size size;
  const char* const end = text.data() + text.size();
  const auto width = std::from_chars(text.data(), end, size.width);
  if (width.ec != std::errc()) return std::nullopt;
  std::string_view rest(width.ptr, static_cast<std::size_t>(end - width.ptr));
  constexpr std::string_view kTimes = "×";
  if (rest.starts_with('x') || rest.starts_with('X')) {
    rest.remove_prefix(1);
  } else if (rest.starts_with(kTimes)) {
    rest.remove_prefix(kTimes.size());
  } else {
    return std::nullopt;
  }
  const auto height = std::from_chars(rest.data(), end, size.height);
  if (height.ec != std::errc() || height.ptr != end) return std::nullopt;
  if (size.width < 0 || size.height < 0) return std::nullopt;
  return size;
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
