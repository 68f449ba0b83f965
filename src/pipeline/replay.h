#pragma once
#include "headroom/core/ledger.h"
#include "text_to_image.h"

namespace headroom {

// Runs a request on meta tensors, from loading to the finished picture, and records every allocation.
// No arithmetic is done and no memory is taken; milliseconds. Any thread.
[[nodiscard]] Ledger replay(const ModelFolder& model, const NumberFormats& formats,
                            const GenerationRequest& request, const PromptIds& ids, int threads);

}  // namespace headroom
