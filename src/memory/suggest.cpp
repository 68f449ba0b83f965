#include "headroom/memory/suggest.h"

#include <algorithm>
#include <vector>

namespace headroom {
namespace {

long long area(Size size) { return static_cast<long long>(size.width) * size.height; }

bool same_ratio(Size a, Size b) {
  return static_cast<long long>(a.width) * b.height == static_cast<long long>(b.width) * a.height;
}

// Presets whose sides are multiples of `unit`, largest first.
std::vector<Size> presets(int unit) {
  std::vector<Size> sizes;
  for (const SizePreset& preset : kSizePresets) {
    if (preset.size.width % unit == 0 && preset.size.height % unit == 0)
      sizes.push_back(preset.size);
  }
  std::stable_sort(sizes.begin(), sizes.end(), [](Size a, Size b) { return area(a) > area(b); });
  return sizes;
}

}  // namespace

std::optional<Size> suggest_size(Size wanted, int unit, const std::function<bool(Size)>& fits) {
  std::vector<Size> candidates = presets(unit);
  std::stable_partition(candidates.begin(), candidates.end(),
                        [&](Size size) { return same_ratio(size, wanted); });
  for (const Size size : candidates) {
    if (area(size) < area(wanted) && fits(size)) return size;
  }
  // No preset fits: shrink `wanted` itself, its longer side in units. Fitting is monotone in it,
  // so bisection finds the largest size that fits.
  const int steps = std::max(wanted.width, wanted.height) / unit;
  const auto shrunk = [&](int k) {
    const auto side = [&](int px) {
      return std::max(unit, static_cast<int>(static_cast<long long>(px) * k / steps) / unit * unit);
    };
    return Size{side(wanted.width), side(wanted.height)};
  };
  int low = 0;       // fits, or is 0
  int high = steps;  // does not fit
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    (fits(shrunk(middle)) ? low : high) = middle;
  }
  if (low == 0) return std::nullopt;
  return shrunk(low);
}

}  // namespace headroom
