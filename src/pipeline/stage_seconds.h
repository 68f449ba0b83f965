#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/ledger.h"
#include "headroom/core/plan.h"
#include "headroom/weights/model_folder.h"

#include "text_to_image.h"

#include <array>
#include <cstdint>
#include <functional>

namespace headroom {

// Bytes of the networks on the device.
struct NetworkSizes {
  std::int64_t text_encoder_layer = 0;  // all layers are alike
  std::int64_t text_encoder = 0;        // all layers that a prompt runs through
  std::int64_t transformer_layer = 0;
  std::int64_t transformer = 0;  // everything, main layers included
  std::int64_t vae = 0;          // the decoder
};
// `left_of` reads through the device's allocator what a ledger holds in the end.
[[nodiscard]] NetworkSizes network_sizes(const ModelFolder& model, const NumberFormats& formats,
                                         const std::function<std::int64_t(const Ledger&)>& left_of);

// A first guess at each stage's seconds for one picture, from floating-point operations, bytes that
// are copied under `rungs`, and round figures for the kind of device. Good for comparing plans; the
// time model scales it by what runs on this device really took.
[[nodiscard]] std::array<double, kStageCount> guess_seconds(
    const ModelFolder& model, const NetworkSizes& sizes, WeightStorage storage,
    const GenerationRequest& request, const PromptIds& ids, const Rungs& rungs, bool card);

}  // namespace headroom
