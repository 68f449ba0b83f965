#pragma once
#include <c10/core/Device.h>

namespace headroom {

namespace cuda_memory_fraction {

// From now on libtorch's allocator for cards refuses what would make it hold more than `fraction`
// of the card, in (0, 1], after it gave back what it has cached. What it holds already stays. CUDA
// must be set up.
void set(double fraction, c10::DeviceIndex card);

}  // namespace cuda_memory_fraction
}  // namespace headroom
