#pragma once
#include "headroom/memory/forecaster.h"
#include "headroom/pipeline/make_generator.h"

#include <memory>

namespace headroom {

// Makes a forecaster that works by dry run: the code of the forward passes runs on meta tensors,
// which takes milliseconds and no memory, and its allocations are read through a model of the
// device's allocator. Thread-safe.
[[nodiscard]] std::shared_ptr<Forecaster> make_forecaster(PipelineOptions options);

}  // namespace headroom
