#pragma once
#include "headroom/core/message.h"

#include <exception>
#include <optional>

namespace headroom {

// Whether CUDA, or a library that uses it, reports with this error that memory has run out.
[[nodiscard]] bool cuda_ran_out(const std::exception& error);
// The message for an error that a restart would not cure, by CUDA's number; nothing for others.
[[nodiscard]] std::optional<Message> explain_cuda_error(int code);

}  // namespace headroom
