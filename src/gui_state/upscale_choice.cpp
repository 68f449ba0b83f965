#include "headroom/gui_state/upscale_choice.h"

#include "headroom/gui_state/requests_from_picture.h"

#include <algorithm>
#include <utility>

namespace headroom {

std::vector<UpscaleOption> upscale_options(const std::vector<UpscalerOffer>& found) {
  std::vector<UpscaleOption> options;
  for (const UpscalerOffer& offer : found) {
    const bool is_useful = offer.problem.empty() && offer.scale > 1;
    if (is_useful || !offer.problem.empty()) {
      options.push_back({.name = offer.name,
                         .model = offer.file.string(),
                         .most = std::clamp(offer.scale, 1, kMaxUpscale),
                         .problem = offer.problem,
                         .is_program = offer.is_program,
                         .can_mix = offer.can_mix});
    }
  }
  options.push_back({.model = kLanczos});
  return options;
}

std::size_t chosen_option(const std::vector<UpscaleOption>& options, const UpscaleChoice& choice) {
  const auto chosen = std::ranges::find(options, choice.model, &UpscaleOption::model);
  const auto usable = std::ranges::find_if(
      options, [](const UpscaleOption& o) { return o.problem.empty() && !o.is_program; });
  const auto found = chosen != options.end() ? chosen : usable;
  return static_cast<std::size_t>(found - options.begin());
}

Upscale upscale_with(const UpscaleOption& option, const UpscaleChoice& choice) {
  Upscale upscale{option.model, std::min(choice.scale, option.most)};
  if (option.can_mix && choice.denoise < 1) upscale.denoise = choice.denoise;
  return upscale;
}

GenerationRequest upscale_of(const FinishedPicture& picture, const Upscale& upscale,
                             InitImage::File file) {
  GenerationRequest request = settings_of(picture);
  request.init.reset();
  request.width = picture.request.width * upscale.scale;
  request.height = picture.request.height * upscale.scale;
  const int times = upscale.scale * times_of_model(picture.request);
  request.origin = Origin{std::move(file), how_upscaled(upscale, times)};
  request.upscale = upscale;
  return request;
}

ForecastService::Run run_of_upscale(const GenerationRequest& request) {
  const Size before = size_before(request);
  // What a mix needs is what the model alone does.
  const Upscale asked{request.upscale->model, request.upscale->scale};
  return {.shape = {.width = before.width, .height = before.height}, .upscale = asked};
}

}  // namespace headroom
