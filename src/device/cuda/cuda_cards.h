#pragma once
#include "headroom/device/device.h"

#include "backends.h"

#include <string>
#include <vector>

namespace headroom {

// NVIDIA's GPUs, through libtorch's CUDA libraries if they are loaded.
[[nodiscard]] std::vector<Device> find_cuda_cards();
// "cuda:INDEX"; `compute_capability` 75 for 7.5, 0 = not known. Its memory is never read.
[[nodiscard]] Device pretended_cuda_card(int index, std::string name, int compute_capability);
// A driver that is too old and GPUs that cannot be used, one sentence each.
[[nodiscard]] std::vector<Hindrance> what_hinders_cuda();
// Reports the driver, whether libtorch's CUDA part is there, and why there is no GPU.
void describe_cuda(SystemReport& report);

}  // namespace headroom
