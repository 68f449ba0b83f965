#pragma once
#include "headroom/core/memory_snapshot.h"
#include "headroom/core/message.h"

#include <cstdint>
#include <optional>
#include <string>

namespace headroom {

// Limits that a person sets on memory.
struct BudgetOptions {
  std::optional<std::int64_t> vram_cap_bytes;  // --vram-cap
  std::optional<std::int64_t> reserve_bytes;   // default: default_reserve()
};

// What is kept free on a device of `total_bytes` unless a person says otherwise: 256 MiB or 3 %,
// whichever is more, but at most a tenth of a small device. 512 MiB instead of 256 on a GPU while
// it is not known yet how much CUDA's libraries take of it.
[[nodiscard]] std::int64_t default_reserve(std::int64_t total_bytes, bool overhead_is_known = true);

// What a run may use, and what that was computed from:
//   total - reserved_by_driver - others - kept_free, and then at most the cap.
struct Budget {
  std::int64_t total_bytes = 0;
  std::int64_t free_bytes = 0;    // free now, not counting what this program holds
  std::int64_t budget_bytes = 0;  // may be <= 0 when others hold everything
  std::string source;
  bool is_main_memory = false;
  std::int64_t reserved_by_driver_bytes = 0;
  std::int64_t others_bytes = 0;  // held by other programs or otherwise not available to this one
  std::int64_t kept_free_bytes = 0;
  std::optional<std::int64_t> cap_bytes{};
  [[nodiscard]] std::int64_t uncapped_bytes() const {
    return total_bytes - reserved_by_driver_bytes - others_bytes - kept_free_bytes;
  }
};

// min(cap, free now + what this program holds - reserve): its own resident and cached bytes can be
// given back.
[[nodiscard]] Budget compute_budget(const MemorySnapshot& snapshot, const BudgetOptions& options);

// Why a need does not fit: the one term of the budget without which it would.
enum class Obstacle {
  kNone,              // it fits
  kCap,               // the cap is too low, whatever else changes
  kOthers,            // it would fit without other programs
  kReserve,           // it would fit if nothing were kept free
  kOthersAndReserve,  // it would fit without both
  kDevice             // the device is too small
};
// The deciding term for a need; kNone if it fits.
[[nodiscard]] Obstacle obstacle_of(std::int64_t need_bytes, const Budget& budget);

// What a person can do about it: "raise --vram-cap (10 MB now)". Empty for kNone.
[[nodiscard]] Message way_out(Obstacle obstacle, const Budget& budget);

}  // namespace headroom
