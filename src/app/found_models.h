#pragma once
#include "headroom/config/app_config.h"
#include "headroom/core/generation.h"
#include "headroom/engine/model_search.h"
#include "headroom/memory/forecast.h"
#include "headroom/model_files/find_models.h"

#include <functional>
#include <string>
#include <vector>

namespace headroom {

// The starter model, and those that find_models() finds.
[[nodiscard]] std::vector<FoundModel> models_here(const ModelOptions& options);

// In what its matrices are stored, the most first: "BF16", "Q4_K + Q6_K".
[[nodiscard]] std::string formats_of(const FoundModel& model);

// What each of the five sizes would need of the model of `config` on this machine, for requests
// that are otherwise like `request_for` the model. Throws Error.
[[nodiscard]] std::vector<Forecast> preset_forecasts(
    const AppConfig& config, const std::function<GenerationRequest(const ModelInfo&)>& request_for);

// The models for a window's list, with the settings of `config`. See ModelSearch::Find.
void offer_models(const AppConfig& config, const SessionChoice& present,
                  const std::function<void(ModelOffer)>& found);

}  // namespace headroom
