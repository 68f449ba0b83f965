#pragma once
#include "headroom/core/allocation_trace.h"
#include "headroom/core/run_shape.h"
#include "headroom/device/workspace.h"
#include "headroom/pipeline/text_to_image.h"

#include "short_network.h"

namespace headroom {

// What a dry run depends on, apart from the model.
struct DryRunRequest {
  RunShape shape;
  ExecutionOptions execution{};
  workspace::KernelSet kernels{};
  const Adapters* adapters = nullptr;  // null = none
};

// Runs such a request on meta tensors, from loading to the finished picture, and records every
// allocation. No arithmetic is done and no memory is taken; milliseconds. Any thread.
[[nodiscard]] AllocationTrace dry_run(const ModelFolder& model, const NumberFormats& formats,
                                      const DryRunRequest& what);

// One stage that has a network (see memory/networks.h) with its own network and what it is handed,
// nothing else.
[[nodiscard]] AllocationTrace dry_run_stage(Stage stage, const ModelFolder& model,
                                            const NumberFormats& formats,
                                            const DryRunRequest& what);

// The same stage with a few of the network's layers in the place of all, see short_network.h: a
// 30-layer model costs what a 3-layer model does.
[[nodiscard]] AllocationTrace dry_run_short_stage(Stage stage, ModelFolder model,
                                                  NumberFormats formats, DryRunRequest what);
// The layers that are left of the network which `stage` shortens so; none of others.
[[nodiscard]] ShortNetwork short_network(Stage stage, const ModelFolder& model,
                                         const NumberFormats& formats,
                                         const ExecutionOptions& execution);
[[nodiscard]] constexpr bool shortens(Stage stage) {
  return stage == Stage::kDenoise || stage == Stage::kEncode;
}

// A dry run goes through two steps at most, since every further one asks for the same: how many of
// the two are guided.
[[nodiscard]] int guided_in_dry_run(const RunShape& shape);
// A request for one picture of this shape in `steps` steps, 1 or 2; its words stand for nothing.
[[nodiscard]] GenerationRequest dry_run_request(const RunShape& shape, int steps);

}  // namespace headroom
