#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// NVIDIA's management library, loaded at run time; its absence is normal. Cards are numbered as
// libtorch numbers them: found by their place on the PCI bus where CUDA's runtime tells it, else
// by CUDA_VISIBLE_DEVICES, when it is a list of numbers.
// Functions answer nothing when the library cannot. Any thread.
class Nvml {
 public:
  // Nothing when the library or a driver is missing.
  [[nodiscard]] static std::optional<Nvml> open(const char* library = "libnvidia-ml.so.1");

  struct Process {
    std::uint32_t pid = 0;
    std::int64_t bytes = 0;
    std::string name;  // of the executable, empty when it is not ours to know
  };

  [[nodiscard]] std::optional<std::string> driver_version() const;
  [[nodiscard]] std::optional<std::string> name(int card) const;
  struct Memory {
    std::int64_t total = 0;
    std::int64_t reserved = 0;  // part of it that the driver keeps
    std::int64_t free = 0;      // now
  };
  [[nodiscard]] std::optional<Memory> memory(int card) const;
  // Numbers of the processes that hold memory on the card, ours as well.
  [[nodiscard]] std::vector<std::uint32_t> process_ids(int card) const;
  // Programs that hold memory on the card, `own_pid` left out, largest first. Where that is not the
  // number that this process has for itself, those of the others are not ours to look up.
  [[nodiscard]] std::vector<Process> other_processes(int card, std::uint32_t own_pid) const;

 private:
  struct Library;
  explicit Nvml(std::shared_ptr<const Library> library);
  std::shared_ptr<const Library> library_;
};

}  // namespace headroom
