#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// NVIDIA's management library, loaded at run time; it is often missing. GPUs have libtorch's
// numbers: they are found by PCI bus id where CUDA's runtime tells it, else by
// CUDA_VISIBLE_DEVICES, when that is a list of numbers. Functions return nothing or an empty list
// when the library cannot answer. May be called from any thread.
class Nvml {
 public:
  // Nothing when the library or the driver is missing.
  [[nodiscard]] static std::optional<Nvml> open(const char* library = "libnvidia-ml.so.1");

  struct Process {
    std::uint32_t pid = 0;
    std::int64_t bytes = 0;
    std::string name;  // of the executable; empty when this user may not know it
  };

  [[nodiscard]] std::optional<std::string> driver_version() const;
  [[nodiscard]] std::optional<std::string> name(int card) const;
  struct Memory {
    std::int64_t total = 0;
    std::int64_t reserved = 0;  // part of the total that the driver keeps
    std::int64_t free = 0;      // now
  };
  [[nodiscard]] std::optional<Memory> memory(int card) const;
  // Ids of the processes that hold memory on the GPU, including this one.
  [[nodiscard]] std::vector<std::uint32_t> process_ids(int card) const;
  // Programs that hold memory on the GPU except `own_pid`, largest first. If that differs from
  // getpid(), as in a container, names are left empty, since the ids of the others cannot be
  // looked up here.
  [[nodiscard]] std::vector<Process> other_processes(int card, std::uint32_t own_pid) const;

 private:
  struct Library;
  explicit Nvml(std::shared_ptr<const Library> library);
  std::shared_ptr<const Library> library_;
};

}  // namespace headroom
