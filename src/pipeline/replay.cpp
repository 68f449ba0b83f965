#include "replay.h"

#include "headroom/device/meta_ledger.h"
#include "weight_sources.h"

#include <algorithm>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

namespace headroom {

Ledger replay(const ModelFolder& model, const NumberFormats& formats,
              const GenerationRequest& request, const PromptIds& ids, int threads) {
  const c10::InferenceMode inference;
  at::set_num_threads(threads);  // workspaces depend on it
  Ledger ledger;
  MetaLedgerRecording recording(ledger);
  recording.mark(Stage::kLoad);
  MetaWeights networks(formats.networks);
  MetaWeights vae(formats.vae);
  const TextToImage run(model, formats, {networks, networks, vae});
  recording.mark(Stage::kEncode);
  const TextToImage::Features features = run.encode(ids, networks, {});
  recording.mark(Stage::kDenoise);
  const TextToImage::Captions captions = run.embed(features, request);
  at::Tensor latents =
      at::empty(run.latent_shape(request), at::TensorOptions(at::kMeta).dtype(at::kFloat));
  GenerationRequest shortened = request;
  shortened.steps = std::min(request.steps, 2);  // from the second step on nothing new happens
  latents = run.denoise(std::move(latents), captions, shortened, {});
  recording.mark(Stage::kDecode);
  const at::Tensor picture = run.decode(latents, {});
  return ledger;
}

}  // namespace headroom
