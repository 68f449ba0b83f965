#pragma once
#include "headroom/core/ledger.h"
#include "text_to_image.h"

namespace headroom {

// What a replay depends on, apart from the model.
struct ReplayRequest {
  GenerationRequest request;
  PromptIds ids;
  Rungs rungs;
  int threads = 1;
};

// Runs a request on meta tensors, from loading to the finished picture, and records every allocation.
// No arithmetic is done and no memory is taken; milliseconds. Any thread.
[[nodiscard]] Ledger replay(const ModelFolder& model, const NumberFormats& formats,
                            const ReplayRequest& what);

// One stage (encode, denoise or decode) with its own network and what it is handed, nothing else.
[[nodiscard]] Ledger replay_stage(Stage stage, const ModelFolder& model, const NumberFormats& formats,
                                  const ReplayRequest& what);

}  // namespace headroom
