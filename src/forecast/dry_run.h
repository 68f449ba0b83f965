#pragma once
#include "headroom/core/allocation_trace.h"
#include "headroom/core/run_shape.h"
#include "headroom/device/workspace.h"
#include "headroom/pipeline/text_to_image.h"

namespace headroom {

// What a replay depends on, apart from the model.
struct DryRunRequest {
  RunShape shape;
  ExecutionOptions execution{};
  workspace::KernelSet kernels{};
  const Adapters* adapters = nullptr;  // null = none
};

// Runs such a request on meta tensors, from loading to the finished picture, and records every
// allocation. No arithmetic is done and no memory is taken; milliseconds. Any thread.
[[nodiscard]] AllocationTrace replay(const ModelFolder& model, const NumberFormats& formats,
                                     const DryRunRequest& what);

// One stage that has a network (see memory/networks.h) with its own network and what it is handed,
// nothing else.
[[nodiscard]] AllocationTrace dry_run_stage(Stage stage, const ModelFolder& model,
                                            const NumberFormats& formats,
                                            const DryRunRequest& what);

// The same stage with fewer of the network's like layers: everything that lives between and inside
// layers is the same, so that only the weights that stay differ. A 30-layer model costs what a
// 3-layer model does.
[[nodiscard]] AllocationTrace dry_run_short_stage(Stage stage, ModelFolder model,
                                                  const NumberFormats& formats, DryRunRequest what);
// How many layers that stay are missing in it.
[[nodiscard]] int left_out(Stage stage, const ModelFolder& model,
                           const ExecutionOptions& execution);

// A replay goes through two steps at most, since every further one asks for the same: how many of
// the two are guided.
[[nodiscard]] int guided_in_dry_run(const RunShape& shape);
// A request for one picture of this shape in `steps` steps, 1 or 2; its words stand for nothing.
[[nodiscard]] GenerationRequest replayed_request(const RunShape& shape, int steps);

}  // namespace headroom
