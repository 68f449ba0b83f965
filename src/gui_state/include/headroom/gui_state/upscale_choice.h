#pragma once
#include "headroom/core/generation.h"
#include "headroom/engine/forecast_service.h"
#include "headroom/engine/generation_queue.h"
#include "headroom/engine/upscaler_search.h"

#include <cstddef>
#include <string>
#include <vector>

namespace headroom {

// The last choice of how to enlarge pictures.
struct UpscaleChoice {
  std::string model{};  // a file or kLanczos; empty: the first file found, else Lanczos
  int scale = 2;        // limited by what the model can do
  double denoise = 1;   // see Upscale; of models that can be mixed
};

// One of the choices: an upscaler that was found, or Lanczos.
struct UpscaleOption {
  std::string name{};       // empty: Lanczos
  std::string model{};      // for Upscale::model
  int most = 4;             // largest scale
  Message problem{};        // why it cannot be used
  bool is_program = false;  // see UpscalerOffer
  bool can_mix = false;     // likewise
};

[[nodiscard]] inline bool is_same(const UpscaleOption& one, const UpscaleOption& other) {
  return one.model == other.model;
}

// The upscalers that were found, then Lanczos.
[[nodiscard]] std::vector<UpscaleOption> upscale_options(const std::vector<UpscalerOffer>& found);
// Index of the choice; if its upscaler is missing, as if there was no choice. Programs are used
// only if chosen.
[[nodiscard]] std::size_t chosen_option(const std::vector<UpscaleOption>& options,
                                        const UpscaleChoice& choice);
// How the option enlarges a picture.
[[nodiscard]] Upscale upscale_with(const UpscaleOption& option, const UpscaleChoice& choice);

// A request that enlarges `picture`, whose file is `file`.
[[nodiscard]] GenerationRequest upscale_of(const FinishedPicture& picture, const Upscale& upscale,
                                           InitImage::File file = {});
// The forecast service's question about such a request.
[[nodiscard]] ForecastService::Run run_of_upscale(const GenerationRequest& request);

}  // namespace headroom
