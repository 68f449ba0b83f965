#pragma once
#include <cstdint>
#include <optional>

namespace headroom::cuda_settings {

// What the user's environment variables set for libtorch's allocator and cuBLAS.

// The value of the first of kAllocatorVariables that is set, null where none is.
[[nodiscard]] const char* of_allocator();
// Bytes of the workspaces that CUBLAS_WORKSPACE_CONFIG asks for, ":SIZE:COUNT" in KiB, repeated;
// nothing when it is not set or cannot be read.
[[nodiscard]] std::optional<std::int64_t> cublas_workspace();

}  // namespace headroom::cuda_settings
