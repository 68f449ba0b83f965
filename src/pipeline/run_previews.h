#pragma once
#include "headroom/core/generator.h"
#include "headroom/pipeline/text_to_image.h"

#include "latent_preview.h"
#include "preview_decoder.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace headroom {

// The previews of one model's runs: by TAEF1 while that costs the run neither memory nor much time,
// else by the model's own map, or by one that is fitted to its decoder before the first run.
class RunPreviews {
 public:
  // `wanted` false: no previews, and nothing is fitted. `decoder`: TAEF1's file, or empty. Throws
  // what TinyDecoderFile throws.
  RunPreviews(bool wanted, const ModelFolder& model, const std::filesystem::path& decoder);

  // Fits a map if one is needed, by decoding pictures smaller than `request`'s with `networks`
  // under `execution`; nothing has to be loaded yet. If memory is too short there are no previews.
  // True when something ran. Throws what the decoder and hooks.check throw.
  [[nodiscard]] bool fit(TextToImage& networks, const ExecutionOptions& execution,
                         const GenerationRequest& request, const RunHooks& hooks);

  // Shows `sink`, which must outlive the hooks' run, a preview after each step, if there are
  // previews. `room`: bytes of the device that a step takes for its own and that are free between
  // two steps; so a preview within them makes no plan larger.
  void show(RunHooks& hooks, ProgressSink& sink, std::function<std::int64_t()> room) const;

 private:
  std::optional<PreviewDecoder> decoder_;
  std::optional<LatentPreview> map_;
  bool is_to_be_fitted_ = false;
};

}  // namespace headroom
