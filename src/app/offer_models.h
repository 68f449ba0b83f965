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

// Reports all models: the starter model, those that find_models() finds with the settings of
// `config`, and known models that are not present. Each is reported first with what its files
// tell, and later again with what the sizes would need on this machine, for `request_for` the
// model. Throws Error{kDevice} when that device does not exist; a problem with a model is in its
// offer. `found` may throw; the exception is passed on.
void offer_models(const AppConfig& config,
                  const std::function<GenerationRequest(const ModelInfo&)>& request_for,
                  const std::function<void(ModelOffer)>& found);

// The same with each model's recommended settings and the device and number format of `present`.
// See ModelSearch::Find.
void offer_models(const AppConfig& config, const SessionChoice& present,
                  const std::function<void(ModelOffer)>& found);

}  // namespace headroom
