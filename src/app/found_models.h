#pragma once
#include "headroom/config/app_config.h"
#include "headroom/core/generation.h"
#include "headroom/engine/model_offer.h"
#include "headroom/model_files/find_models.h"

#include <functional>
#include <vector>

namespace headroom {

// The starter model, and those that find_models() finds.
[[nodiscard]] std::vector<FoundModel> models_here(const ModelOptions& options);

// Tells of all models: the starter model, those that find_models() finds with the settings of
// `config`, and those whose configs come with the program and which are not here. First of each at
// once as far as its files tell, then of each again with what the sizes would need on this machine,
// for requests that are otherwise like `request_for` the model. Throws Error{kDevice} when that
// device is not there; what is wrong with a model is said in its offer. `found` may throw, which is
// let through.
void offer_models(const AppConfig& config,
                  const std::function<GenerationRequest(const ModelInfo&)>& request_for,
                  const std::function<void(ModelOffer)>& found);

// With the settings that each model recommends, and what `present` chooses of device and number
// format. See ModelSearch::Find.
void offer_models(const AppConfig& config, const SessionChoice& present,
                  const std::function<void(ModelOffer)>& found);

}  // namespace headroom
