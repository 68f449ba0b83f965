#pragma once
#include "headroom/weights/tensor_file.h"

#include <string_view>

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
  kSamples,  // 64 bytes of every 8 KB: finds every stretch of 16 KB; and 8 of every 4 KB: lost
             // blocks
  kAll,      // and every single value that is not finite
};

// Vectors may be zero or hold one value, as biases do, but the scales of a norm, known by the
// tensor's `name`, are not zero. Rows of a vocabulary that no word uses may be alike. Zeros shorter
// than 16 KB are a hole only where they are whole blocks of a file, 4 KB, of a matrix of 16 bits a
// value or more, and neither whole rows nor in the next row as well; `data` lies as in the file as
// far as blocks go, as in a mapped one. All other short ones may be meant: pruned rows, parts that
// were added for more channels. Lost sectors of 512 bytes are not looked for: downloads
// and file systems lose whole pages, and eight times as many places would have to be read. Nor are
// lost blocks of codes of 8 bits and less, where zero is an ordinary value.
[[nodiscard]] WeightFault find_fault(const TensorView& tensor, Look look,
                                     std::string_view name = {});

}  // namespace headroom
