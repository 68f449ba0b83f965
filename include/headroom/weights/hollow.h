#pragma once
#include "headroom/weights/tensor_file.h"

namespace headroom {

// What values that no training leaves say of a stored tensor.
enum class WeightFault {
  kNone,
  kZeros,  // a matrix is zero, or has a hole of zeros: a download that reserved the file's length
           // and did not finish
  kOneValue,   // a stretch of a matrix repeats one value, or one byte
  kNotFinite,  // NaN or infinite
};

// How much of a tensor is looked at.
enum class Look {
  kMiddle,   // one place: finds a fault of the whole tensor or of its middle
  kSamples,  // 64 bytes of every 8 KB: finds every stretch of 16 KB
  kAll,      // and every single value that is not finite
};

// Vectors may be zero or hold one value, as those of norms and biases do, and so may rows of a
// vocabulary that no word uses.
[[nodiscard]] WeightFault find_fault(const TensorView& tensor, Look look);

}  // namespace headroom
