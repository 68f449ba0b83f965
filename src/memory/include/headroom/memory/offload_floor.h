#pragma once
#include "headroom/memory/plan_space.h"

#include <string>
#include <vector>

namespace headroom {

// What a list of names means for plans, and what a person may want to know about it.
struct OffloadFloor {
  PlanFloor floor;
  std::vector<std::string> notes;  // one sentence for each name of another kind of model
};

// Reads the names of model.offload_layers for a transformer of `layers` main layers and a text
// encoder of `encoder_layers`: "layers.3", "layers.0-9", "text_encoder", "text_encoder.layers.2",
// "transformer", "vae", patterns with * such as "layers.*", and the blocks of U-Nets,
// "down_blocks", "mid_block" and "up_blocks", which stand for a third of the main layers each. Main
// layers count, however they are named: the streamed ones are spread evenly, so that copies hide
// best. The text encoder's layers are streamed all or none. Throws Error{kConfig}, beginning with
// `where`, for a name that is no part of the model.
[[nodiscard]] OffloadFloor offload_floor(const std::vector<std::string>& names, int layers,
                                         int encoder_layers, const std::string& where);

}  // namespace headroom
