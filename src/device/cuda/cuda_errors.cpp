#include "cuda/cuda_errors.h"

#include <string>

#include <ATen/DeviceAccelerator.h>
#include <c10/util/Exception.h>

namespace headroom {
namespace {

constexpr int kOutOfMemory = 2;  // cudaErrorMemoryAllocation
constexpr int kOldDriver = 35;   // cudaErrorInsufficientDriver
constexpr int kNoKernel = 209;   // cudaErrorNoKernelImageForDevice

// Whether the allocator of this thread's GPU has ever refused memory.
bool was_refused_memory() {
  const auto type = at::accelerator::getAccelerator(/*checked=*/false);
  if (!type || !at::getDeviceAllocator(*type)->initialized()) return false;
  return at::accelerator::getDeviceStats(at::accelerator::getDeviceIndex()).num_ooms > 0;
}

}  // namespace

bool cuda_ran_out(const std::exception& error) {
  // Kernels are loaded onto a GPU at their first launch, and libraries take memory without asking
  // the allocator. Both report in their own words that memory has run out.
  if (const auto* const card = dynamic_cast<const c10::AcceleratorError*>(&error))
    return card->get_error_code() == kOutOfMemory;
  const auto* const torch = dynamic_cast<const c10::Error*>(&error);
  if (torch == nullptr) return false;
  const std::string message = torch->what_without_backtrace();
  const auto says = [&](const char* words) { return message.find(words) != std::string::npos; };
  if (says("CUBLAS_STATUS_ALLOC_FAILED") || says("CUDNN_STATUS_ALLOC_FAILED")) return true;
  // A convolution tries one plan after another; if memory is short, it ends with this error, which
  // does not mention memory.
  return says("unable to find an engine") && was_refused_memory();
}

std::optional<Message> explain_cuda_error(int code) {
  if (code == kOldDriver) {
    return say(
        "the card's driver is too old for the CUDA libraries here; update it, or use "
        "--device cpu");
  }
  if (code == kNoKernel) {
    return say(
        "the CUDA libraries here have no code for this card; use --device cpu or another "
        "card");
  }
  return std::nullopt;
}

}  // namespace headroom
