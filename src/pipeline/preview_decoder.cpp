#include "preview_decoder.h"

#include "headroom/core/round_up.h"
#include "headroom/device/allocation_recorder.h"
#include "headroom/device/workspace.h"
#include "headroom/memory/allocator_model.h"
#include "headroom/model/tiny_decoder.h"
#include "headroom/pipeline/meta_weights.h"
#include "headroom/pipeline/small_network_weights.h"

#include "sampled_picture.h"

#include <algorithm>

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

namespace headroom {

std::int64_t PreviewDecoder::need(std::int64_t h, std::int64_t w, bool card) const {
  const auto [known, is_new] = needs_.try_emplace({h, w});
  if (!is_new) return known->second;
  const c10::InferenceMode inference;
  const workspace::ScopedKernels kernels({.card = card});
  AllocationTrace trace;
  {
    AllocationRecorder recorder(trace);
    recorder.mark(Stage::kDenoise);
    MetaWeights weights(at::kFloat);
    const TinyDecoder decoder(weights);
    const at::Tensor latents = at::empty({TinyDecoder::kLatentChannels, h, w}, weights.options());
    const at::Tensor picture = decoder.forward(latents);
  }
  return known->second = replay_cpu_budget(trace).peak_bytes;
}

std::shared_ptr<const Image> PreviewDecoder::draw(const at::Tensor& latents, std::int64_t room,
                                                  const std::function<void()>& between) const {
  const std::int64_t by =
      round_up(std::max(latents.size(1), latents.size(2)), kMostSide) / kMostSide;
  const std::int64_t h = round_up(latents.size(1), by) / by;
  const std::int64_t w = round_up(latents.size(2), by) / by;
  if (need(h, w, !latents.is_cpu()) > room) return nullptr;
  at::Tensor small = latents;
  if (by > 1) {
    small = at::avg_pool2d(latents, {by, by}, /*stride=*/{}, /*padding=*/0, /*ceil_mode=*/true,
                           /*count_include_pad=*/false);
  }
  SmallNetworkWeights weights(file_, small.device());
  const TinyDecoder decoder(weights);
  return to_image(decoder.forward(small, between));
}

}  // namespace headroom
