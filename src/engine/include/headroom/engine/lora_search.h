#pragma once
#include "headroom/engine/model_on_device.h"
#include "headroom/engine/search.h"

#include <memory>

namespace headroom {

// Looks for LoRAs and whether they fit a model: asks its LoraServices::list.
using LoraSearch = Search<std::shared_ptr<const ModelOnDevice>, LoraOffer>;

}  // namespace headroom
