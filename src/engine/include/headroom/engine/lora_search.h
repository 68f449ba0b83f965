#pragma once
#include "headroom/engine/model_on_device.h"
#include "headroom/engine/search.h"

#include <memory>

namespace headroom {

// Searches for LoRAs and checks whether they fit a model, by its LoraServices::list.
using LoraSearch = Search<std::shared_ptr<const ModelOnDevice>, LoraOffer>;

}  // namespace headroom
