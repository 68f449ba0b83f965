#include "converted_weights.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/memory/planner.h"
#include "headroom/weights/weight_files.h"

#include "asked_weights.h"

#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>

namespace headroom {
namespace {

// Of those that networks compute in.
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

// The names, in the files, of the tensors that a network takes to the device.
class AskedNames final : public WeightSource {
 public:
  explicit AskedNames(const FileWeights& files) : files_(files) {}
  at::Tensor get(std::string_view name, at::IntArrayRef shape) override {
    files_.find(name, shape, names.emplace_back());
    return at::empty(shape, options());
  }
  void read(std::string_view, const at::Tensor&) override {}
  // Rows are gathered from the model's own file.
  at::Tensor gather_rows(std::string_view, std::span<const std::int32_t>, std::int64_t,
                         std::int64_t width) override {
    return at::empty({0, width}, options());
  }
  [[nodiscard]] at::TensorOptions options() const override {
    return files_.options().device(at::kMeta);
  }

  std::vector<std::string> names;

 private:
  const FileWeights& files_;
};

// Bytes of these tensors in `format`; 0 where keeping them so saves nothing.
std::int64_t bytes_worth_keeping(const TensorStore& store, const std::vector<std::string>& names,
                                 DType format) {
  std::size_t before = 0, after = 0;
  bool differs = false;
  for (const std::string& name : names) {
    const TensorView& view = store.at(name);
    differs |= view.dtype != format;
    before += view.data.size();
    after += view.data.size() / dtype_bytes(view.dtype) * dtype_bytes(format);
  }
  return differs && after <= before ? static_cast<std::int64_t>(after) : 0;
}

}  // namespace

struct ConvertedWeights::Network {
  const char* name;
  const TensorStore& store;
  FileWeights& weights;
  bool is_read_again;
  std::function<void(WeightSource&)> ask;
};

void ConvertedWeights::use(OpenedModel& model, const ModelFolder& folder, const Rungs& rungs,
                           bool may_write, const std::function<void()>& check, ProgressSink& sink) {
  if (!cache_) return;
  const Residency stays = residency(rungs);
  const bool transformer_leaves =
      rungs.stream_blocks > 0 || !stays.transformer_in_encode || !stays.transformer_in_decode;
  use({"transformer", model.transformer, model.transformer_weights, transformer_leaves,
       [&](WeightSource& weights) { ask_for_transformer(folder.transformer, weights); }},
      may_write, check, sink);
  use({"text encoder", model.text_encoder, model.text_weights, !stays.text_encoder_after_encode,
       [&](WeightSource& weights) { ask_for_text_encoder(folder.text_encoder, weights); }},
      may_write, check, sink);
}

void ConvertedWeights::use(const Network& network, bool may_write,
                           const std::function<void()>& check, ProgressSink& sink) {
  if (network.weights.uses_converted()) return;
  const DType format = stored_format(network.weights.options().dtype().toScalarType());
  AskedNames asked(network.weights);
  network.ask(asked);
  const std::int64_t bytes = bytes_worth_keeping(network.store, asked.names, format);
  if (bytes == 0) return;
  std::optional<TensorFile> kept = cache_->find(network.store, format);
  if (!kept && network.is_read_again && may_write && !cannot_be_written_) {
    try {
      bool told = false;
      const auto convert = [&](const std::string& name, const WeightCache::Put& put) {
        if (!std::exchange(told, true)) {
          sink.on_stage(Stage::kLoad, 0);
          sink.on_notice({Notice::Kind::kWeightsKept,
                          say("weights ({0}, {1} in {2}) are written to {3}, from where later runs "
                              "read them faster; \"headroom cache --clear\" removes them",
                              std::string(network.name), format_bytes(bytes), dtype_name(format),
                              cache_->folder())});
        }
        check();
        network.weights.convert(name, put);
      };
      if (cache_->write(network.store, format, asked.names, convert)) {
        kept = cache_->find(network.store, format);
      }
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kModelFile) throw;  // as the run would
      cannot_be_written_ = true;
      sink.on_notice(
          {Notice::Kind::kWeightsNotKept,
           say("{0}, or set model.weight_cache to false; until then weights are converted "
               "each time that they are read",
               e.message())});
    }
  }
  if (kept) network.weights.use_converted(*std::move(kept));
}

std::int64_t block_file_bytes(const ModelFolder& model, const std::optional<WeightCache>& cache,
                              const NumberFormats& formats, std::int64_t on_device,
                              std::int64_t all_on_device) {
  const std::filesystem::path folder = model.root / "transformer";
  const std::int64_t files = weight_file_bytes(folder);
  if (files == 0) return on_device;  // no files yet
  // Beside the main layers: refiners, embedders and the last layer, which a share stands for.
  const std::int64_t share =
      files / (model.transformer.n_layers + 2 * model.transformer.n_refiner_layers);
  if (share <= on_device || !cache) return share;
  if (cache->can_hold(all_on_device)) return on_device;
  try {
    const TensorStore store(folder, "diffusion_pytorch_model");
    return cache->find(store, stored_format(formats.networks)) ? on_device : share;
  } catch (const Error&) {
    return share;  // said when the model is opened
  }
}

}  // namespace headroom
