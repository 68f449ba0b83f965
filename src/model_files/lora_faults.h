#pragma once
#include "headroom/core/message.h"

namespace headroom {

// A fault of a file of tensors, with the way out for a LoRA: readers of such files name the one for
// a model.
[[nodiscard]] Message fault_of_lora(const Message& fault);

}  // namespace headroom
