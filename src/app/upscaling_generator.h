#pragma once
#include "headroom/core/generator.h"
#include "headroom/core/memory_snapshot.h"
#include "headroom/engine/generation_queue.h"
#include "headroom/forecast/upscale_forecaster.h"

#include <functional>
#include <memory>

namespace headroom {

// What upscalers work with beside the model that makes pictures.
struct UpscaleTools {
  std::shared_ptr<UpscaleForecaster> forecaster;  // of the device
  std::function<MemorySnapshot()> read_memory;
  int threads = 0;  // 0 = one per core
};

// Makes pictures as `pictures` does, and enlarges those of requests that ask for it (see Upscale).
// A network has the device to itself: the model is destroyed before, and made anew with the next
// picture. Requests whose origin's file is gone or another one fail with Error{kIo}.
[[nodiscard]] GenerationQueue::Source with_upscaling(GenerationQueue::Source pictures,
                                                     UpscaleTools tools);

}  // namespace headroom
