#include "cuda/cuda_memory_fraction.h"

#include <c10/cuda/CUDACachingAllocator.h>

// No header that is made for the processor has this call, but it is virtual, so that nothing of
// CUDA's has to be linked. The interface is libtorch's own header of the very release that the
// program is built for; the few names of CUDA's that it needs are in without_toolkit/.
namespace headroom::cuda_memory_fraction {

void set(double fraction, c10::DeviceIndex card) {
  using Allocator = c10::cuda::CUDACachingAllocator::CUDAAllocator;
  auto* const allocator = static_cast<Allocator*>(c10::getDeviceAllocator(c10::DeviceType::CUDA));
  allocator->setMemoryFraction(fraction, card);
}

}  // namespace headroom::cuda_memory_fraction
