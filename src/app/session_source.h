#pragma once
#include "headroom/config/app_config.h"
#include "headroom/engine/model_on_device.h"

#include "picture_files.h"

#include <memory>
#include <string>

namespace headroom {

// What the settings choose.
[[nodiscard]] SessionChoice choice_of(const AppConfig& config);
// The settings with another choice. Parts of a model that were named belong to that model alone.
[[nodiscard]] AppConfig with_choice(AppConfig config, const SessionChoice& choice);

// Opens what is chosen, with the settings of `config` for the rest. What is sampled is kept until
// its picture is saved, with `output` as the place for that. Throws Error, as Composition does. See
// Session::Open.
[[nodiscard]] ModelOnDevice open_on_device(const AppConfig& config, const SessionChoice& choice,
                                           std::shared_ptr<const OutputPlace> output);

}  // namespace headroom
