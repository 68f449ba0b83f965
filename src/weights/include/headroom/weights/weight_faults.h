#pragma once
#include "headroom/weights/tensor_file.h"

#include <string_view>

namespace headroom {

// Values in a stored tensor that no training leaves.
enum class WeightFault {
  kNone,
  // A matrix is zero or has a hole of zeros: an unfinished download into a file that was reserved
  // at full length.
  kZeros,
  kOneValue,   // a stretch of a matrix repeats one value, or one byte
  kNotFinite,  // NaN or infinite
};

// How much of a tensor is read.
enum class Look {
  kMiddle,  // one place: finds a fault of the whole tensor or of its middle
  // 64 bytes of every 8 KB, which finds every stretch of 16 KB, and 8 bytes of every 4 KB for lost
  // blocks.
  kSamples,
  kAll,  // also every single value that is not finite
};

// Finds such a fault. Vectors may be zero or constant, as biases are, except the scales of a norm,
// known by the tensor's `name`, which must not be zero. Rows of a vocabulary that no word uses may
// be alike.
//
// Zeros shorter than 16 KB count as a hole only if they are whole 4 KB blocks of the file, in a
// matrix of 16 bits per value or more, and neither cover whole rows nor continue in the
// neighbouring rows; `data` must be aligned as in the file, as in a mapped one. Other short zeros
// may be intended: pruned rows, or parts that were added for more channels.
//
// Lost sectors of 512 bytes are not searched for: downloads and file systems lose whole pages,
// and eight times as many places would have to be read. Nor are lost blocks of codes of 8 bits and
// less, where zero is an ordinary value.
[[nodiscard]] WeightFault find_fault(const TensorView& tensor, Look look,
                                     std::string_view name = {});

}  // namespace headroom
