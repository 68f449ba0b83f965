#pragma once
#include "headroom/model_files/model_folder.h"

namespace headroom {

// Whether the weights of `model` can run, from headers and a few looks at the data; less than a
// second for a whole model, and of small models all bytes. The same code asks for the tensors as in
// a run, so nothing that it passes is refused there, except for damage that only a copy of all the
// bytes finds. A folder with configs alone, of which plans can be made, passes too unless
// `needs_weights`. `finds_holes`: values that no training leaves (holes of zeros, one value over
// and over, NaN) are refused. Throws Error{kModelFile}: one sentence with file, fault and way out.
void check_model_files(const ModelFolder& model, bool needs_weights, bool finds_holes = true);

}  // namespace headroom
