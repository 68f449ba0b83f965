#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace headroom {

// The few questions to CUDA's runtime that libtorch does not pass on. The program is built without
// CUDA: the functions are those of the runtime that libtorch's libraries have loaded, and nothing
// is answered where there is none. None of them makes a context unless it says so. Any thread.
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
// "0000:01:00.0": the one name of a card that NVML knows too, whose own order is another.
[[nodiscard]] std::optional<std::string> pci_bus_id(int card);

struct Identity {
  std::string name;  // "NVIDIA GeForce RTX 3060 Laptop GPU"
  std::string uuid;  // "GPU-" and 32 digits in groups, as nvidia-smi -L prints it
};
[[nodiscard]] std::optional<Identity> identity(int card);

// Releases of CUDA, 13000 for 13.0: that the driver serves, 0 without one, and of the runtime.
struct Releases {
  int driver = 0;
  int runtime = 0;
};
[[nodiscard]] std::optional<Releases> releases();

// Page-locked memory of the host. This one does make a context, of the calling thread's card. Null
// when there is no such memory.
[[nodiscard]] void* lock_host_memory(std::int64_t bytes);
// Also of a card that failed, where the process' end gives it back.
void free_host_memory(void* memory);

}  // namespace cuda_runtime
}  // namespace headroom
