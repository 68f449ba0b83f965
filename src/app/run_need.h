#pragma once
#include "headroom/core/generation.h"
#include "headroom/pipeline/lora_sets.h"

#include "generation_context.h"

#include <cstdint>
#include <string>

namespace headroom {

// What runs need, as it is printed before them.
struct RunNeed {
  // Of the device's memory, and of main memory beside it; the largest of several runs.
  std::int64_t peak_bytes = 0;
  std::int64_t host_bytes = 0;
  double seconds = 0;  // of all runs; 0 = not known

  void add(const RunNeed& other);
  // "171.4 MB and 3.1 MB of main memory beside it, about 2.0 s"
  [[nodiscard]] std::string text() const;
};

// For a valid request with the LoRAs of its prompt. Throws Error{kOutOfMemory} with the forecast's
// reason when it does not fit, and what LoraSets::forecaster() throws.
[[nodiscard]] RunNeed need_of(const GenerationRequest& request, const GenerationContext& app,
                              LoraSets& loras);

}  // namespace headroom
