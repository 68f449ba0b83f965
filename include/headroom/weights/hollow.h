#pragma once
#include "headroom/weights/tensor_file.h"

namespace headroom {

// True when a matrix's stored bytes are all zero, or hold a stretch of zeros that no trained matrix
// has: what a download leaves that reserved the file's whole length and did not finish. Vectors may
// be zero. Reads all of the data.
[[nodiscard]] bool is_hollow(const TensorView& tensor);

// The same from one look at the middle: finds matrices that are zero there, not shorter holes.
[[nodiscard]] bool is_hollow_in_the_middle(const TensorView& tensor);

}  // namespace headroom
