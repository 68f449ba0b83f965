#pragma once
#include <c10/core/Device.h>

namespace headroom {

namespace cuda_memory_fraction {

// From now on libtorch's GPU allocator refuses requests that would make it hold more than
// `fraction`, in (0, 1], of the GPU's memory, after it has given back its cache. What it holds
// already stays. CUDA must be set up.
void set(double fraction, c10::DeviceIndex card);

}  // namespace cuda_memory_fraction
}  // namespace headroom
