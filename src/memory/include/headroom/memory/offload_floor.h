#pragma once
#include "headroom/memory/plan_space.h"

#include <string>
#include <vector>

namespace headroom {

// What a list of names means for plans, and notes on it for a person.
struct OffloadFloor {
  PlanFloor floor;
  std::vector<std::string> notes;  // one sentence for each name that other kinds of models have
};

// Reads the names of model.offload_layers for a transformer of `layers` main layers and a text
// encoder of `encoder_layers`: "layers.3", "layers.0-9", "text_encoder", "text_encoder.layers.2",
// "transformer", "vae", patterns with * such as "layers.*", and the blocks of U-Nets,
// "down_blocks", "mid_block" and "up_blocks", which stand for a third of the main layers each. For
// main layers only the number of layers that the names cover counts: which ones are streamed is
// chosen evenly spread, so that copies overlap best with computation. The text encoder's layers
// are streamed all or none. Throws Error{kConfig}, beginning with `where`, for a name that is no
// part of the model.
[[nodiscard]] OffloadFloor offload_floor(const std::vector<std::string>& names, int layers,
                                         int encoder_layers, const std::string& where);

}  // namespace headroom
