#pragma once
#include "headroom/device/device_backend.h"

#include "cuda_runtime.h"
#include "nvml.h"

#include <memory>
#include <optional>
#include <string>

namespace headroom {

// An NVIDIA GPU. `exists`: the machine has it; otherwise it is only planned for, and its memory is
// never read. `capability`: nothing where it is not known.
[[nodiscard]] std::shared_ptr<DeviceBackend> make_cuda_backend(
    int index, std::string name, bool exists, std::optional<cuda_runtime::Capability> capability,
    std::shared_ptr<const Nvml> nvml);

}  // namespace headroom
