#pragma once
#include "headroom/core/generator.h"
#include "headroom/core/plan.h"
#include "headroom/model_files/weight_cache.h"
#include "headroom/pipeline/opened_model.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace headroom {

// Keeps the weights of text encoder and transformer on the disk in the number format that they are
// computed in, and lets them be read from there. Only where that saves something: the files are in
// another format and no smaller than it. Used on one thread.
class ConvertedWeights {
 public:
  explicit ConvertedWeights(std::optional<WeightCache> cache) : cache_(std::move(cache)) {}

  // Before a run by `execution`: what is kept is used, and what is not is written first if the run,
  // or the next one, reads it again. `check` is called between tensors and throws Cancelled. What
  // cannot be written costs nothing but a notice, once. Throws Error{kModelFile} for weights that
  // the run would refuse.
  void use(OpenedModel& model, const ModelFolder& folder, const ExecutionOptions& execution,
           bool may_write, const std::function<void()>& check, ProgressSink& sink);

 private:
  struct Network;
  void use(const Network& network, bool may_write, const std::function<void()>& check,
           ProgressSink& sink);

  std::optional<WeightCache> cache_;
  bool cannot_be_written_ = false;
};

// Bytes of the files that each of the transformer's main layers is read from, of which the device
// holds `on_device` for each layer and `all_on_device` for the network: fewer than the model's own
// files have where they are, or can be, kept in the format of the device in `cache`.
[[nodiscard]] std::vector<std::int64_t> layer_file_bytes(const ModelFolder& model,
                                                         const std::optional<WeightCache>& cache,
                                                         const NumberFormats& formats,
                                                         const std::vector<std::int64_t>& on_device,
                                                         std::int64_t all_on_device);

}  // namespace headroom
