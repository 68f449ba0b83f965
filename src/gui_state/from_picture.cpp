#include "headroom/gui_state/from_picture.h"

namespace headroom {

GenerationRequest variations_of(const FinishedPicture& picture, std::uint64_t seed) {
  GenerationRequest request = settings_of(picture);
  request.variation = {seed, kVariationStrength};
  request.count = kVariations;
  return request;
}

namespace {

// Restores the request of the picture before it was enlarged.
void undo_upscale(GenerationRequest& request) {
  const Size before = size_before(request);
  request.width = before.width;
  request.height = before.height;
  request.upscale.reset();
}

}  // namespace

GenerationRequest more_like(const FinishedPicture& picture) {
  GenerationRequest request = picture.request;
  request.sampled.reset();
  request.origin.reset();
  undo_upscale(request);
  request.seed.reset();
  return request;
}

GenerationRequest settings_of(const FinishedPicture& picture) {
  GenerationRequest request = picture.request;
  request.sampled.reset();  // all stages are run again
  request.origin.reset();   // not a setting
  undo_upscale(request);
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
