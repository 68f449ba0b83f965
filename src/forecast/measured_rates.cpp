#include "headroom/forecast/measured_rates.h"

#include "headroom/core/error.h"
#include "headroom/core/version.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/device/memory_tag.h"
#include "headroom/device/page_locked.h"
#include "headroom/device/workspace.h"
#include "headroom/memory/device_rates.h"
#include "headroom/model/transformer.h"
#include "headroom/model/vae_decoder.h"
#include "headroom/pipeline/run_formats.h"
#include "headroom/pipeline/thread_count.h"

#include "calibration_ops.h"
#include "stage_time.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/DeviceAccelerator.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

namespace headroom {
namespace {

using Clock = std::chrono::steady_clock;

// Measures how long operations take on one device.
class Stopwatch {
 public:
  Stopwatch(const Device& device, at::Device where)
      : device_(*device.backend),
        where_(where),
        seconds_for_each_(device_.has_own_memory() ? 0.03 : 0.05) {}

  [[nodiscard]] at::Tensor ones(at::IntArrayRef shape, at::ScalarType dtype) const {
    return at::ones(shape, at::TensorOptions(where_).dtype(dtype));
  }

  [[nodiscard]] at::TensorOptions options() const { return at::TensorOptions(where_); }
  [[nodiscard]] double seconds(const CalibrationOp& probe) const {
    return seconds([run = probe.prepare(where_)] { static_cast<void>(run()); });
  }

  // Seconds per call of `work`: the minimum of several rounds, since any disturbance only makes a
  // round slower.
  [[nodiscard]] double seconds(const std::function<void()>& work) const {
    settle();
    work();  // includes one-time set-up
    settle();
    const auto first = Clock::now();
    work();
    settle();
    const double once = std::max(since(first), 1e-7);
    const int calls = static_cast<int>(std::clamp(seconds_for_each_ / 8 / once, 1.0, 5000.0));
    double least = once;
    const auto begin = Clock::now();
    // Do not start a round that would exceed the remaining time.
    while (since(begin) + calls * least < seconds_for_each_) {
      const auto round = Clock::now();
      for (int i = 0; i < calls; ++i) work();
      settle();
      least = std::min(least, since(round) / calls);
    }
    return least;
  }

 private:
  static double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }
  void settle() const { device_.synchronize(); }

  DeviceBackend& device_;
  at::Device where_;
  double seconds_for_each_;
};

double product_rate(const Stopwatch& watch, const RunFormats& formats, std::int64_t width,
                    std::int64_t rows) {
  if (formats.transformer.has(WeightStorage::kInt8)) {
    const LinearWeight weight =
        LinearWeight::int8(width, width, /*rotation_group=*/256, watch.options().device());
    weight.round(watch.ones({width, width}, at::kFloat));
    return 2.0 * static_cast<double>(rows * width * width) /
           watch.seconds([&, x = watch.ones({rows, width}, at::kFloat)] {
             static_cast<void>(weight.apply(x));
           });
  }
  return 2.0 * static_cast<double>(rows * width * width) /
         watch.seconds(calibration_op(workspace::Linear{rows, width, width, formats.networks}));
}

double attention_rate(const Stopwatch& watch, at::ScalarType dtype) {
  constexpr std::int64_t kTokens = 1024, kHeads = 4, kHeadDim = 64;
  return 4.0 * kTokens * kTokens * kHeads * kHeadDim /
         watch.seconds(
             calibration_op(workspace::Attention{kTokens, kTokens, kHeads, kHeadDim, dtype}));
}

double convolution_rate(const Stopwatch& watch, at::ScalarType dtype, std::int64_t channels,
                        std::int64_t side) {
  return 18.0 * static_cast<double>(channels * channels * side * side) /
         watch.seconds(convolution_probe(channels, channels, /*kernel=*/3, side, dtype));
}

// Small networks that run the program's own code, which shows the time beside the products.
class SmallNetworks {
 public:
  static constexpr int kLayers = 3;
  static TransformerConfig transformer() {
    TransformerConfig config;
    config.dim = 256;
    config.n_layers = kLayers;
    config.n_refiner_layers = 1;
    config.n_heads = 4;
    config.cap_feat_dim = 256;
    config.axes_dims = {16, 24, 24};
    return config;
  }
  static VaeConfig vae() {
    VaeConfig config;
    config.block_out_channels = {16, 32, 64};
    config.layers_per_block = 1;
    config.norm_num_groups = 4;
    return config;
  }

  SmallNetworks(const Stopwatch& watch, const RunFormats& formats)
      : watch_(watch),
        formats_(formats),
        weights_(watch.options().dtype(formats.networks)),
        vae_weights_(watch.options().dtype(formats.vae)),
        transformer_(transformer(), weights_),
        layer_(std::make_shared<const TransformerBlock>(
            Transformer::load_layer(transformer(), weights_, 0))),
        decoder_(vae(), vae_weights_) {}

  // One denoising step with side x side image tokens and 32 caption tokens.
  [[nodiscard]] std::function<void()> step(std::int64_t side) const {
    const std::int64_t latent_side = 2 * side;
    const CaptionTokens caption = transformer_.embed_caption(
        watch_.ones({32, transformer().cap_feat_dim}, formats_.networks), latent_side, latent_side);
    return [this, caption, latents = watch_.ones({16, latent_side, latent_side}, at::kFloat)] {
      const CaptionTokens* const captions[] = {&caption};
      static_cast<void>(
          transformer_.forward(latents, 0.5F, captions, [this](int) { return layer_; }));
    };
  }
  // Decodes side x side latents.
  [[nodiscard]] std::function<void()> decode(std::int64_t side) const {
    return [this, z = watch_.ones({16, side, side}, formats_.vae)] {
      static_cast<void>(decoder_.forward(z));
    };
  }

 private:
  // All weights are equal, since only the time matters.
  class Alike final : public WeightSource {
   public:
    explicit Alike(at::TensorOptions options) : options_(options) {}
    at::Tensor get(std::string_view, at::IntArrayRef shape) override {
      return at::full(shape, 0.01, options_);
    }
    void read(std::string_view, const at::Tensor&) override {}
    at::Tensor gather_rows(std::string_view, std::span<const std::int32_t> ids, std::int64_t,
                           std::int64_t width) override {
      return at::full({static_cast<std::int64_t>(ids.size()), width}, 0.01, options_);
    }
    [[nodiscard]] at::TensorOptions options() const override { return options_; }

   private:
    at::TensorOptions options_;
  };

  const Stopwatch& watch_;
  RunFormats formats_;
  Alike weights_, vae_weights_;
  Transformer transformer_;
  std::shared_ptr<const TransformerBlock> layer_;
  VaeDecoder decoder_;
};

// The rest of a measurement after the products' time is subtracted.
struct Rest {
  double parts = 0;
  double values = 0;
  double seconds = 0;
};

// Seconds per part and per value, from a small and a large measurement with equally many parts.
std::pair<double, double> split(const Rest& small, const Rest& large) {
  const double value =
      std::max(0.0, (large.seconds - small.seconds) / (large.values - small.values));
  return {std::max(0.0, small.seconds - value * small.values) / small.parts, value};
}

// Sides of the small networks' pictures in tokens and in latents, and the caption's rows. The
// larger ones do not fit into the caches, like real ones.
struct Sides {
  std::int64_t tokens, latents;
};
constexpr Sides kSmall{6, 8}, kLarge{28, 64};
constexpr std::int64_t kCaption = 32;

// Bytes per second at which layers are read, as stored in 16 bits.
double copy_rate(const Stopwatch& watch, at::ScalarType dtype) {
  const auto stored = [](std::int64_t values) {
    return at::ones({values}, at::TensorOptions(at::kCPU).dtype(at::kBFloat16));
  };
  const at::TensorOptions options = watch.options().dtype(dtype);
  if (!options.device().is_cpu()) {
    // Through page-locked memory as in a run, which is refilled while its content is copied on.
    constexpr std::int64_t kValues = 1 << 23;
    const at::Tensor from = stored(kValues);
    const at::Tensor staged =
        page_locked(kValues * static_cast<std::int64_t>(c10::elementSize(dtype)), options.device())
            .view(dtype);
    const at::Tensor arrived = watch.ones({kValues}, dtype);
    return static_cast<double>(arrived.nbytes()) / watch.seconds([&] {
      staged.copy_(from);
      arrived.copy_(staged, /*non_blocking=*/true);
    });
  }
  // More than fits into caches, and into new memory, as for a layer.
  constexpr std::int64_t kValues = 1 << 24;
  const at::Tensor from = stored(kValues);
  const int threads = at::get_num_threads();
  at::set_num_threads(1);  // as one thread reads layers beside those that compute
  const double seconds = watch.seconds([&] { at::empty({kValues}, options).copy_(from); });
  at::set_num_threads(threads);
  return static_cast<double>(kValues * static_cast<std::int64_t>(options.dtype().itemsize())) /
         seconds;
}

DeviceRates measure(const Stopwatch& watch, const RunFormats& formats) {
  DeviceRates rates;
  rates.narrow_product = product_rate(watch, formats, 256, 512);
  rates.wide_product = product_rate(watch, formats, 2048, 256);
  rates.attention = attention_rate(watch, formats.networks);
  rates.narrow_convolution = convolution_rate(watch, formats.vae, 16, 128);
  rates.wide_convolution = convolution_rate(watch, formats.vae, 256, 32);
  rates.copy_bytes = copy_rate(watch, formats.networks);
  const SmallNetworks networks(watch, formats);
  const auto rest = [](const NetworkWork& work, double seconds) -> Rest {
    return {work.parts, work.values, std::max(0.0, seconds - work.product_seconds)};
  };
  std::vector<Rest> blocks, layers;
  for (const auto& [side, latent_side] : {kSmall, kLarge}) {
    NetworkWork work = block_work(SmallNetworks::transformer(), side * side + kCaption, rates);
    const NetworkWork refiner = block_work(SmallNetworks::transformer(), side * side, rates);
    constexpr int kLayers = SmallNetworks::kLayers;
    work = {kLayers * work.product_seconds + refiner.product_seconds, kLayers + 1.0,
            kLayers * work.values + refiner.values};
    blocks.push_back(rest(work, watch.seconds(networks.step(side))));
    const double scale = SmallNetworks::vae().scale();
    const double pixels = static_cast<double>(latent_side * latent_side) * scale * scale;
    layers.push_back(rest(decoder_work(SmallNetworks::vae(), pixels, rates),
                          watch.seconds(networks.decode(latent_side))));
  }
  std::tie(rates.block_seconds, rates.block_value_seconds) = split(blocks[0], blocks[1]);
  std::tie(rates.layer_seconds, rates.layer_value_seconds) = split(layers[0], layers[1]);
  return rates;
}

// "AMD Ryzen 7 7840U"; empty where the system does not tell.
std::string processor_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t value = line.find(": ");
    return value == std::string::npos ? "" : line.substr(value + 2);
  }
  return "";
}

}  // namespace

RatesKey rates_key(const Device& device, NumberFormat dtype, int threads) {
  const bool card = device.backend->has_own_memory();
  return {card ? device.key() : device.name + ", " + processor_name(), libtorch_version(),
          std::string(kVersion), choose_formats(dtype, device).name,
          card ? 0 : resolve_threads(threads)};
}

DeviceRates measure_rates(const Device& device, NumberFormat dtype, int threads) {
  const c10::InferenceMode inference;
  const ScopedMemoryTag tag(MemoryTag::kHost);  // not part of a run that may be going on
  at::set_num_threads(resolve_threads(threads));
  try {
    device.backend->set_up();
    const at::Device where = device.backend->torch_device();
    const DeviceRates rates = measure(Stopwatch(device, where), choose_formats(dtype, device));
    device.backend->release_cached();
    return rates;
  } catch (const c10::Error& e) {
    if (const auto failure = device_failure(e)) throw Error(*failure);
    throw Error(ErrorKind::kInternal, "measuring " + device.name + " failed: " + plain_message(e));
  }
}

}  // namespace headroom
