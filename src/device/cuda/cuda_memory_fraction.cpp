#include "cuda/cuda_memory_fraction.h"

#include <c10/cuda/CUDACachingAllocator.h>

// No header for the CPU declares this call. It is virtual, so no CUDA library has to be linked.
// The interface comes from libtorch's own CUDA header of the release that the program is built
// for; the few CUDA names which that needs are in without_toolkit/.
namespace headroom::cuda_memory_fraction {

void set(double fraction, c10::DeviceIndex card) {
  using Allocator = c10::cuda::CUDACachingAllocator::CUDAAllocator;
  auto* const allocator = static_cast<Allocator*>(c10::getDeviceAllocator(c10::DeviceType::CUDA));
  allocator->setMemoryFraction(fraction, card);
}

}  // namespace headroom::cuda_memory_fraction
