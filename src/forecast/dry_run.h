#pragma once
#include "headroom/core/allocation_trace.h"
#include "headroom/core/run_shape.h"
#include "headroom/device/workspace.h"
#include "headroom/pipeline/text_to_image.h"

#include "short_network.h"

namespace headroom {

// What a dry run depends on, besides the model.
struct DryRunRequest {
  RunShape shape;
  ExecutionOptions execution{};
  workspace::KernelSet kernels{};
  const OpenedLoras* opened_loras = nullptr;  // null = none
};

// Runs such a request on meta tensors, from loading to the finished picture, and records every
// allocation. Nothing is computed and no memory is taken; it takes milliseconds. May be used from
// any thread.
[[nodiscard]] AllocationTrace dry_run(const ModelFolder& model, const RunFormats& formats,
                                      const DryRunRequest& what);

// Runs one stage that has a network (see memory/networks.h), with only its own network and its
// input.
[[nodiscard]] AllocationTrace dry_run_stage(Stage stage, const ModelFolder& model,
                                            const RunFormats& formats, const DryRunRequest& what);

// The same stage with a few of the network's layers instead of all, see short_network.h: a
// 30-layer model takes no longer than a 3-layer model.
[[nodiscard]] AllocationTrace dry_run_short_stage(Stage stage, ModelFolder model,
                                                  RunFormats formats, DryRunRequest what);
// The layers that remain of the network of `stage`; nothing for stages that are not shortened.
[[nodiscard]] ShortNetwork short_network(Stage stage, const ModelFolder& model,
                                         const RunFormats& formats,
                                         const ExecutionOptions& execution);
[[nodiscard]] constexpr bool shortens(Stage stage) {
  return stage == Stage::kDenoise || stage == Stage::kEncode;
}

// How many of a dry run's steps are guided. It has at most two steps, since further ones allocate
// the same.
[[nodiscard]] int guided_in_dry_run(const RunShape& shape);
// A request for one picture of this shape in `steps` steps, 1 or 2; the prompts' words do not
// matter.
[[nodiscard]] GenerationRequest dry_run_request(const RunShape& shape, int steps);

}  // namespace headroom
