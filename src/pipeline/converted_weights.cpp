#include "headroom/pipeline/converted_weights.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/memory/networks.h"

#include "ask_for_weights.h"

#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>

namespace headroom {
namespace {

// The file format of a number format that networks compute in.
DType stored_format(c10::ScalarType format) {
  switch (format) {
    case c10::ScalarType::BFloat16:
      return DType::kBF16;
    case c10::ScalarType::Half:
      return DType::kF16;
    default:
      return DType::kF32;
  }
}

// Lists the tensors that a network loads to the device.
class AskedTensors final : public WeightSource {
 public:
  explicit AskedTensors(const FileWeights& files) : files_(files) {}
  at::Tensor get(std::string_view name, at::IntArrayRef shape) override {
    const TensorRows stored = files_.tensors().at(name, shape);
    tensors.push_back({std::string(name), shape.vec()});
    stored_bytes_ += static_cast<std::int64_t>(codes_of(stored).data.size());
    values_ += stored.rows * stored.width;
    formats_.insert(format_name(*stored.stored));
    return at::empty(shape, options());
  }
  void read(std::string_view, const at::Tensor&) override {}
  // Gathered rows are read from the model's own file.
  at::Tensor gather_rows(std::string_view, std::span<const std::int32_t>, std::int64_t,
                         std::int64_t width) override {
    return at::empty({0, width}, options());
  }
  [[nodiscard]] at::TensorOptions options() const override {
    return files_.options().device(at::kMeta);
  }
  // Bytes of all tensors in `format`; 0 if keeping them saves nothing: quantised weights would get
  // larger and need more of the page cache.
  [[nodiscard]] std::int64_t bytes_worth_keeping(DType format) const {
    const auto bytes =
        static_cast<std::int64_t>(tensor_type(format).bytes(static_cast<std::size_t>(values_)));
    const bool differs = formats_ != std::set{std::string(dtype_name(format))};
    return differs && bytes <= stored_bytes_ ? bytes : 0;
  }

  std::vector<WeightCache::Tensor> tensors;

 private:
  const FileWeights& files_;
  std::int64_t stored_bytes_ = 0;
  std::int64_t values_ = 0;
  std::set<std::string> formats_;
};

}  // namespace

struct ConvertedWeights::Network {
  const char* name;
  FileWeights& weights;
  bool is_read_again;
  std::function<void(WeightSource&)> ask;
};

void ConvertedWeights::use(OpenedModel& model, const ModelFolder& folder,
                           const ExecutionOptions& execution, bool may_write,
                           const std::function<void()>& check, ProgressSink& sink) {
  if (!cache_) return;
  const NetworkEntry& transformer = entry_of(NetworkId::kTransformer);
  const bool transformer_leaves = execution.stream_blocks > 0 || !transformer.before(execution) ||
                                  !transformer.after(execution);
  use({"transformer", model.transformer_weights, transformer_leaves,
       [&](WeightSource& weights) { ask_for_transformer(folder.transformer, weights); }},
      may_write, check, sink);
  use({"text encoder", model.text_weights, !entry_of(NetworkId::kTextEncoder).after(execution),
       [&](WeightSource& weights) { ask_for_text_encoder(folder.text_encoder, weights); }},
      may_write, check, sink);
}

void ConvertedWeights::use(const Network& network, bool may_write,
                           const std::function<void()>& check, ProgressSink& sink) {
  if (network.weights.uses_converted()) return;
  const DType format = stored_format(network.weights.options().dtype().toScalarType());
  AskedTensors asked(network.weights);
  network.ask(asked);
  const std::int64_t bytes = asked.bytes_worth_keeping(format);
  if (bytes == 0) return;
  const TensorStore& store = network.weights.tensors().store();
  std::optional<TensorFile> kept = cache_->find(store, format);
  if (!kept && network.is_read_again && may_write && !cannot_be_written_) {
    try {
      bool told = false;
      const auto convert = [&](const WeightCache::Tensor& tensor, const WeightCache::Put& put) {
        if (!std::exchange(told, true)) {
          sink.on_stage(Stage::kLoad, 0);
          sink.on_notice({Notice::Kind::kWeightsKept,
                          say("weights ({0}, {1} in {2}) are written to {3}, from where later runs "
                              "read them faster; \"headroom cache --clear\" removes them",
                              std::string(network.name), format_bytes(bytes), dtype_name(format),
                              cache_->folder())});
        }
        check();
        network.weights.convert(tensor.name, tensor.shape, put);
      };
      if (cache_->write(store, format, asked.tensors, convert)) {
        kept = cache_->find(store, format);
      }
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kModelFile) throw;  // the run would throw it too
      cannot_be_written_ = true;
      sink.on_notice(
          {Notice::Kind::kWeightsNotKept,
           say("{0}, or set model.weight_cache to false; until then weights are converted "
               "each time that they are read",
               e.message())});
    }
  }
  if (!kept) return;
  // If the kept file turns out to be damaged, it is dropped, and the next run writes it again.
  network.weights.use_converted(*std::move(kept),
                                [cache = *cache_, &store, format] { cache.drop(store, format); });
}

std::vector<std::int64_t> layer_file_bytes(const ModelFolder& model,
                                           const std::optional<WeightCache>& cache,
                                           const RunFormats& formats,
                                           const std::vector<std::int64_t>& on_device,
                                           std::int64_t all_on_device) {
  const std::vector<std::int64_t>& stored = model.layer_file_bytes;
  if (stored.empty()) return on_device;  // the model's files do not exist yet
  const auto sum = [](const std::vector<std::int64_t>& bytes) {
    return std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0});
  };
  if (sum(stored) <= sum(on_device) || !cache) return stored;
  if (cache->can_hold(all_on_device)) return on_device;
  try {
    const NetworkTensors transformer(model.parts.transformer, Network::kTransformer);
    return cache->find(transformer.store(), stored_format(formats.networks)) ? on_device : stored;
  } catch (const Error&) {
    return stored;  // reported when the model is opened
  }
}

}  // namespace headroom
