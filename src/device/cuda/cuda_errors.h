#pragma once
#include "headroom/core/message.h"

#include <exception>
#include <optional>

namespace headroom {

// Whether an error is CUDA's way, or that of a library on it, to say that there is no memory.
[[nodiscard]] bool cuda_ran_out(const std::exception& error);
// What starting again does not help, by CUDA's number; nothing for others.
[[nodiscard]] std::optional<Message> explain_cuda_error(int code);

}  // namespace headroom
