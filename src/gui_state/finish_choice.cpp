#include "headroom/gui_state/finish_choice.h"

#include "headroom/gui_state/requests_from_picture.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace headroom {
namespace {

std::int64_t area(Size size) { return std::int64_t{size.width} * size.height; }

}  // namespace

FinishMethod FinishChoice::method() const {
  return {refines ? std::optional<double>(strength) : std::nullopt};
}

std::vector<FinishTarget> finish_targets(Size picture, int unit) {
  std::vector<FinishTarget> targets;
  for (const FinishSize& wanted :
       {FinishSize(Times{1.5}), FinishSize(Times{2}), FinishSize(LongerSide{1024})}) {
    const Size size = finished_size(picture, wanted, unit);
    const bool is_known =
        std::ranges::any_of(targets, [&](const FinishTarget& t) { return t.size == size; });
    if (area(size) > area(picture) && !is_known) targets.push_back({wanted, size});
  }
  std::ranges::sort(targets, {}, [](const FinishTarget& t) { return area(t.size); });
  return targets;
}

std::vector<FinishTarget> upscaled_targets(Size picture, int most) {
  std::vector<FinishTarget> targets;
  for (int times = 2; times <= most; ++times)
    targets.push_back({Times{1.0 * times}, {picture.width * times, picture.height * times}});
  return targets;
}

std::optional<std::size_t> chosen_target(const std::vector<FinishTarget>& targets, Size picture,
                                         int unit, const FinishChoice& choice) {
  if (!choice.size) return std::nullopt;
  const Size size = finished_size(picture, *choice.size, unit);
  const auto found = std::ranges::find(targets, size, &FinishTarget::size);
  if (found == targets.end()) return std::nullopt;
  return static_cast<std::size_t>(found - targets.begin());
}

std::vector<Size> larger_sizes(Size picture, int unit) {
  std::vector<Size> sizes;
  for (const double factor : {1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0}) {
    const Size size = finished_size(picture, Times{factor}, unit);
    const std::int64_t before = sizes.empty() ? area(picture) : area(sizes.back());
    if (area(size) > before) sizes.push_back(size);
  }
  return sizes;
}

GenerationRequest finish_of(const FinishedPicture& picture, const FinishMethod& method, Size size,
                            InitImage::File file, Image enlarged) {
  GenerationRequest settings = settings_of(picture);
  settings.init.reset();
  return finish_request(std::move(settings), method, size, std::move(file), std::move(enlarged));
}

}  // namespace headroom
