#pragma once
#include "headroom/model_files/model_folder.h"

namespace headroom {

// Checks whether the weights of `model` can run, from headers and samples of the data. Takes less
// than a second for a large model; of small models all bytes are read. The networks' own loading
// code asks for the tensors, so what passes here is not refused in a run, except for damage that
// only reading all bytes finds. A folder with only configs, which is enough for plans, passes too
// unless `needs_weights`. `finds_holes`: refuse values that no training leaves (holes of zeros,
// one repeated value, NaN). Throws Error{kModelFile}: one sentence with file, fault and way out.
void check_model_files(const ModelFolder& model, bool needs_weights, bool finds_holes = true);

}  // namespace headroom
