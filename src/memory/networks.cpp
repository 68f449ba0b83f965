#include "headroom/memory/networks.h"

namespace headroom {

ExecutionOptions execution_of(Choice choice, const ExecutionOptions& all) {
  switch (choice) {
    case Choice::kPrompt:
      return {.stream_encoder = all.stream_encoder, .packed_weights = all.packed_weights};
    case Choice::kSteps:
      return {.sequential_guidance = all.sequential_guidance,
              .chunk_tokens = all.chunk_tokens,
              .stream_blocks = all.stream_blocks,
              .packed_weights = all.packed_weights};
    case Choice::kPixels:
      break;
  }
  return {.tile_latent = all.tile_latent, .cpu_decode = all.cpu_decode};
}

}  // namespace headroom
