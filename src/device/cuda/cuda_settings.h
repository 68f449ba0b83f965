#pragma once
#include <cstdint>
#include <optional>

namespace headroom::cuda_settings {

// What the person asks of libtorch's allocator and of cuBLAS by the environment.

// The value of the first of kAllocatorVariables that is set, null where none is.
[[nodiscard]] const char* of_allocator();
// Bytes of the workspaces that CUBLAS_WORKSPACE_CONFIG asks for, ":SIZE:COUNT" in KiB, repeated;
// nothing where it is not set or cannot be read.
[[nodiscard]] std::optional<std::int64_t> cublas_workspace();

}  // namespace headroom::cuda_settings
