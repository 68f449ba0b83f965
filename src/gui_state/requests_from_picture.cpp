#include "headroom/gui_state/requests_from_picture.h"

#include "headroom/core/typed_numbers.h"

#include <filesystem>
#include <string_view>

namespace headroom {

GenerationRequest variations_of(const FinishedPicture& picture, std::uint64_t seed) {
  GenerationRequest request = settings_of(picture);
  request.variation = {seed, kVariationStrength};
  request.count = kVariations;
  return request;
}

namespace {

// Restores the request of what the model made, before it was enlarged once or several times.
void undo_upscale(GenerationRequest& request) {
  const int times = times_of_model(request);
  request.width /= times;
  request.height /= times;
  request.upscale.reset();
}

// As it is without having been enlarged before.
std::string how_once(const Upscale& upscale) {
  return "upscale:" + std::filesystem::path(upscale.model).filename().string() + ":" +
         std::to_string(upscale.scale);
}

}  // namespace

std::string how_upscaled(const Upscale& upscale, int times_of_model) {
  const std::string how = how_once(upscale);
  return times_of_model == upscale.scale ? how : how + ":" + std::to_string(times_of_model);
}

int times_of_model(const GenerationRequest& request) {
  if (!request.upscale) return 1;
  const int scale = request.upscale->scale;
  const std::string once = how_once(*request.upscale) + ":";
  if (!request.origin || !request.origin->how.starts_with(once)) return scale;
  const auto times = parse_whole(std::string_view(request.origin->how).substr(once.size()));
  const bool is_good = times && *times > 0 && *times <= kMaxUpscaledSide_px &&
                       *times % scale == 0 && request.width % *times == 0 &&
                       request.height % *times == 0;
  return is_good ? static_cast<int>(*times) : scale;
}

GenerationRequest more_like(const FinishedPicture& picture) {
  GenerationRequest request = picture.request;
  request.sampled.reset();
  undo_upscale(request);
  request.origin.reset();
  request.seed.reset();
  return request;
}

GenerationRequest settings_of(const FinishedPicture& picture) {
  GenerationRequest request = picture.request;
  request.sampled.reset();  // all stages are run again
  undo_upscale(request);
  request.origin.reset();  // it is no setting
  request.seed = picture.picture.seed;
  if (request.variation)
    request.variation->seed += static_cast<std::uint64_t>(picture.picture.index);
  request.count = 1;
  return request;
}

std::optional<RepaintResults> repaint_results(const UiState& state) {
  const StartPicture& start = state.draft.init;
  if (!start || !state.selected) return std::nullopt;
  RepaintResults results;
  bool is_one = false;
  for (std::size_t i = 0; i < state.pictures.size(); ++i) {
    const StartPicture& from = state.pictures[i].request.init;
    if (!from || !from->repaint || from->file.sha256 != start->file.sha256) continue;
    if (state.selected == i) {
      results.at = results.pictures.size();
      is_one = true;
    }
    results.pictures.push_back(i);
  }
  if (!is_one) return std::nullopt;
  return results;
}

}  // namespace headroom
