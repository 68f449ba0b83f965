#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// What a device's memory holds at one moment. All in bytes.
// total = reserved_by_driver + used_by_others + weights + activations + cached + free.
struct MemorySnapshot {
  std::int64_t total = 0;
  std::int64_t free = 0;
  std::int64_t used_by_others = 0;  // other programs
  // Never available to tensors: what the driver keeps, and what this program's code and CUDA's
  // libraries take of a GPU, now or soon.
  std::int64_t reserved_by_driver = 0;
  // Whether the share of code and libraries is measured; if not, more is kept free.
  bool overhead_is_known = true;
  std::int64_t weights = 0;      // ours: networks that are resident
  std::int64_t activations = 0;  // ours: everything else that is alive
  std::int64_t cached = 0;       // ours: held by the allocator, unused
  std::int64_t peak = 0;  // ours: largest weights + activations so far in the current or last run
  // How much of the machine's own memory can be had without swapping, including what this program
  // can drop of its own. Empty when it is not known. On the CPU the device's memory is part of it.
  std::optional<std::int64_t> host_available;
  std::string source;           // for people: "CPU budget", "CUDA: NVIDIA GeForce RTX 3060"
  bool is_main_memory = false;  // the machine's own, not a card's
  bool pretended = false;       // --pretend-vram or --pretend-others is in force
  [[nodiscard]] std::int64_t ours() const { return weights + activations + cached; }
};

// Another program that holds memory of the device, where the driver tells.
struct OtherProgram {
  std::uint32_t pid = 0;  // 0: only pretended
  std::string name;       // empty when it is not ours to know
  std::int64_t bytes = 0;
};

}  // namespace headroom
