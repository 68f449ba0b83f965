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

// Keeps the weights of text encoder and transformer on the disk in the number format that the
// networks compute in, and lets them be read from there. Only if that saves time: the files must
// be in another format and not smaller. Used on one thread.
class ConvertedWeights {
 public:
  explicit ConvertedWeights(std::optional<WeightCache> cache) : cache_(std::move(cache)) {}

  // Call before a run with `execution`. Uses kept weights, and writes them first if they are
  // missing and this run, or the next one, will read them again. `check` is called between tensors
  // and may throw Cancelled. If they cannot be written, the only consequence is one notice. Throws
  // Error{kModelFile} for weights that the run would refuse.
  void use(OpenedModel& model, const ModelFolder& folder, const ExecutionOptions& execution,
           bool may_write, const std::function<void()>& check, ProgressSink& sink);

 private:
  struct Network;
  void use(const Network& network, bool may_write, const std::function<void()>& check,
           ProgressSink& sink);

  std::optional<WeightCache> cache_;
  bool cannot_be_written_ = false;
};

// Bytes that the files have of each of the transformer's main layers. `on_device` are the bytes of
// each layer on the device, `all_on_device` those of the network. Layers that are kept in `cache`,
// or can be, count in the device's format, not in that of the model's files.
[[nodiscard]] std::vector<std::int64_t> layer_file_bytes(const ModelFolder& model,
                                                         const std::optional<WeightCache>& cache,
                                                         const RunFormats& formats,
                                                         const std::vector<std::int64_t>& on_device,
                                                         std::int64_t all_on_device);

}  // namespace headroom
