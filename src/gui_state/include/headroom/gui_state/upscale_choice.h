#pragma once
#include "headroom/core/generation.h"
#include "headroom/engine/forecast_service.h"
#include "headroom/engine/generation_queue.h"
#include "headroom/engine/upscaler_search.h"

#include <cstddef>
#include <string>
#include <vector>

namespace headroom {

// How pictures are to be made larger, as it was chosen last.
struct UpscaleChoice {
  std::string model{};  // a file, or kLanczos; empty: the first that is found, else Lanczos
  int scale = 2;        // as far as the model reaches
};

// What can be chosen: an upscaler that was found, or Lanczos.
struct UpscaleOption {
  std::string name{};   // empty: Lanczos
  std::string model{};  // as Upscale has it
  int most = 4;         // of the scale
  Message problem{};    // why it cannot be used
};

// Those that were found, then Lanczos.
[[nodiscard]] std::vector<UpscaleOption> upscale_options(const std::vector<UpscalerOffer>& found);
// Where among them the choice is; one that is not there counts as none.
[[nodiscard]] std::size_t chosen_option(const std::vector<UpscaleOption>& options,
                                        const UpscaleChoice& choice);
// What it does with a picture.
[[nodiscard]] Upscale upscale_with(const UpscaleOption& option, const UpscaleChoice& choice);

// The request that enlarges `picture`, which is in `file`.
[[nodiscard]] GenerationRequest upscale_of(const FinishedPicture& picture, const Upscale& upscale,
                                           InitImage::File file = {});
// What is asked about such a request.
[[nodiscard]] ForecastService::Run run_of_upscale(const GenerationRequest& request);

}  // namespace headroom
