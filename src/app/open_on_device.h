#pragma once
#include "headroom/config/app_config.h"
#include "headroom/engine/model_on_device.h"

#include "saved_pictures.h"

#include <memory>
#include <string>

namespace headroom {

// The choice in the settings.
[[nodiscard]] SessionChoice choice_of(const AppConfig& config);
// The settings with another choice. Parts of a model that were named are dropped if the model
// changes.
[[nodiscard]] AppConfig with_choice(AppConfig config, const SessionChoice& choice);

// Opens the choice, with the other settings of `config`. Sampled pictures are kept on the disk
// until they are saved to `output`. Throws Error like GenerationContext. See Session::Open.
[[nodiscard]] ModelOnDevice open_on_device(const AppConfig& config, const SessionChoice& choice,
                                           std::shared_ptr<const OutputPlace> output);

}  // namespace headroom
