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
// whichever is more, but at most a tenth of a small device. 512 MiB on a card of which it is not
// known yet what CUDA's libraries take of it.
[[nodiscard]] std::int64_t default_reserve(std::int64_t total_bytes, bool overhead_is_known = true);

// What a run may use, and what it was made from:
//   total - reserved_by_driver - others - kept_free, and then at most the cap.
struct Budget {
  std::int64_t total_bytes = 0;
  std::int64_t free_bytes = 0;    // free now, without what we hold ourselves
  std::int64_t budget_bytes = 0;  // may be <= 0 when others hold everything
  std::string source;
  std::int64_t reserved_by_driver_bytes = 0;
  std::int64_t others_bytes = 0;  // what other programs hold, and what else is not given to us
  std::int64_t kept_free_bytes = 0;
  std::optional<std::int64_t> cap_bytes{};
  [[nodiscard]] std::int64_t uncapped_bytes() const {
    return total_bytes - reserved_by_driver_bytes - others_bytes - kept_free_bytes;
  }
};

// min(cap, free now + what we hold and can give back - reserve). Our own resident and cached
// bytes are reclaimable.
[[nodiscard]] Budget compute_budget(const MemorySnapshot& snapshot, const BudgetOptions& options);

// Which term of a budget decides that a need does not fit: the one that alone would let it through.
enum class Obstacle {
  kNone,              // it fits
  kCap,               // nothing else helps before the cap is lifted
  kOthers,            // without other programs it would fit
  kReserve,           // without what is kept free it would fit
  kOthersAndReserve,  // without both
  kDevice             // the device is too small for it
};
[[nodiscard]] Obstacle obstacle_of(std::int64_t need_bytes, const Budget& budget);

// What to do about it, in English: "raise --vram-cap (10 MB now)". Empty for kNone.
[[nodiscard]] Message way_out(Obstacle obstacle, const Budget& budget);

}  // namespace headroom
