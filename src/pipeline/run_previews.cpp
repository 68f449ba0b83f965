#include "run_previews.h"

#include "headroom/device/device.h"

#include "fit_preview.h"

#include <algorithm>
#include <vector>

namespace headroom {

RunPreviews::RunPreviews(bool wanted, const ModelFolder& model) {
  if (!wanted) return;
  map_ = LatentPreview::load(model.root, model.vae.latent_channels);
  is_to_be_fitted_ = !map_;
}

bool RunPreviews::fit(TextToImage& networks, const ExecutionOptions& execution,
                      const GenerationRequest& request, const RunHooks& hooks) {
  if (!is_to_be_fitted_) return false;
  const std::vector<std::int64_t> shape = networks.latent_shape(request);  // [C, h, w]
  constexpr std::int64_t kMostLatents = 16;
  const std::int64_t side = std::min({kMostLatents, shape[1], shape[2]});
  RunHooks only_checks;
  only_checks.check = hooks.check;
  try {
    networks.adopt(execution, Stage::kDecode);
    map_ = fit_preview(static_cast<int>(shape[0]), side, [&](const at::Tensor& latents) {
      return networks.decode(latents.to(networks.device()), only_checks).to(at::kCPU);
    });
  } catch (const std::exception& error) {
    if (!is_out_of_memory(error)) throw;  // a preview is not worth a smaller plan
  }
  networks.clear();  // so that the load has all of the memory
  is_to_be_fitted_ = false;
  return true;
}

void RunPreviews::show(RunHooks& hooks, ProgressSink& sink) const {
  if (!map_) return;
  hooks.on_clean = [this, &sink](const at::Tensor& clean) { sink.on_preview(map_->draw(clean)); };
}

}  // namespace headroom
