#pragma once
#include "headroom/core/generator.h"
#include "headroom/core/memory_snapshot.h"
#include "headroom/engine/generation_queue.h"
#include "headroom/forecast/upscale_forecaster.h"

#include <functional>
#include <memory>

namespace headroom {

// What upscalers need besides the model that makes pictures.
struct UpscaleTools {
  std::shared_ptr<UpscaleForecaster> forecaster;  // for the device
  std::function<MemorySnapshot()> read_memory;
  int threads = 0;  // 0 = one per core
};

// Makes pictures like `pictures`, and enlarges those of requests that ask for it (see Upscale). A
// network or program has the device to itself: the model is destroyed before and made again for the
// next picture. A request whose origin's file is gone or has changed fails with Error{kIo}.
[[nodiscard]] GenerationQueue::Source with_upscaling(GenerationQueue::Source pictures,
                                                     UpscaleTools tools);

}  // namespace headroom
