#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace headroom {

// The few queries of CUDA's runtime that libtorch does not offer. The program is built without
// CUDA, so the functions are looked up in the runtime that libtorch's libraries have loaded;
// without one they return nothing. None creates a context unless it says so. May be called from
// any thread.
namespace cuda_runtime {

struct Capability {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(const Capability&, const Capability&) = default;
  // "7.5"
  [[nodiscard]] std::string name() const {
    return std::to_string(major) + "." + std::to_string(minor);
  }
};
[[nodiscard]] std::optional<Capability> capability(int card);
[[nodiscard]] std::optional<int> multiprocessors(int card);
// "0000:01:00.0": NVML numbers GPUs in another order, but knows them by this name too.
[[nodiscard]] std::optional<std::string> pci_bus_id(int card);

struct Identity {
  std::string name;  // "NVIDIA GeForce RTX 3060 Laptop GPU"
  std::string uuid;  // "GPU-" and 32 digits in groups, as nvidia-smi -L prints it
};
[[nodiscard]] std::optional<Identity> identity(int card);

// CUDA releases, 13000 for 13.0: the latest that the driver supports, 0 without one, and the
// runtime's.
struct Releases {
  int driver = 0;
  int runtime = 0;
};
[[nodiscard]] std::optional<Releases> releases();

// Allocates page-locked host memory. This does create a context, on the calling thread's GPU. Null
// when there is not enough.
[[nodiscard]] void* lock_host_memory(std::int64_t bytes);
// Works also when the GPU has failed; the memory is then given back when the process ends.
void free_host_memory(void* memory);

}  // namespace cuda_runtime
}  // namespace headroom
