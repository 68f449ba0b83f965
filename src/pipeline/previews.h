#pragma once
#include "headroom/core/generator.h"
#include "headroom/pipeline/text_to_image.h"

#include "preview.h"

#include <optional>

namespace headroom {

// The previews of one model's runs: by the map that the model brings, or by one that is fitted to
// its decoder before its first run.
class Previews {
 public:
  // `wanted` false: there are none, and nothing is fitted.
  Previews(bool wanted, const ModelFolder& model);

  // Where a map is still to be fitted, does it: with `networks` under `execution`, of which nothing
  // has to be there yet, by decoding smaller pictures than `request`'s. Where memory does not reach
  // there are no previews. True when something ran. Throws what the decoder and hooks.check throw.
  [[nodiscard]] bool fit(TextToImage& networks, const ExecutionOptions& execution,
                         const GenerationRequest& request, const RunHooks& hooks);

  // Lets `sink`, which must outlive the hooks' run, see a preview after each step, where there are
  // any.
  void show(RunHooks& hooks, ProgressSink& sink) const;

 private:
  std::optional<LatentPreview> map_;
  bool is_to_be_fitted_ = false;
};

}  // namespace headroom
