#include "stage_time.h"

#include "headroom/model/text_encoder.h"
#include "headroom/model/transformer.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace headroom {
namespace {

// Round figures for a device that was not measured: only their proportions matter.
constexpr DeviceRates kUnmeasuredCpu{110e9, 130e9,  60e9,   30e9,   100e9,
                                     2e9,   0.4e-3, 0.5e-9, 0.5e-3, 0.5e-9};
constexpr DeviceRates kUnmeasuredCard{20e12, 20e12,  20e12,   10e12,  10e12,
                                      10e9,  0.2e-3, 0.05e-9, 0.1e-3, 0.02e-9};

// The part of an overlapped copy that still costs time. On the CPU all of it, since the thread
// that reads takes a core from those that compute (benchmarks/README.md, 130 against 112 + 18 ms).
double exposed(bool card) { return card ? 0.1 : 1; }
// Quantised values that are unpacked per second.
double unpacked(bool card) { return card ? 100e9 : 1e9; }

// Interpolates a rate at `width` between those measured at two widths.
double between(double width, double low_width, double low, double high_width, double high) {
  const double t =
      std::clamp(std::log2(width / low_width) / std::log2(high_width / low_width), 0.0, 1.0);
  return low * std::pow(high / low, t);
}
double product_rate(const DeviceRates& rates, double width) {
  return between(width, 256, rates.narrow_product, 2048, rates.wide_product);
}

constexpr double kSequentialCard = 1.1;  // smaller products use a GPU less well
constexpr double kSequentialCpu = 1.01;  // layers leave the caches between the branches
constexpr double kBusBytes = 10e9;       // per second, between page-locked memory and a card
constexpr double kHostPlanes = 1.2;      // decoding in strips through host memory, on the CPU
constexpr double kOpen_s = 0.03;         // opening files and reading their headers
constexpr double kSave_s = 3e-3;         // making, syncing and naming a file
constexpr double kDiskBytes = 0.5e9;     // per second, for a file that does not fit into memory
constexpr double kSavePixels = 15e6;     // per second, compressed

double blocks_seconds(const TransformerConfig& c, int blocks, double tokens,
                      const DeviceRates& rates) {
  const NetworkWork work = block_work(c, tokens, rates);
  return blocks *
         (work.product_seconds + rates.block_seconds + work.values * rates.block_value_seconds);
}

// Values in the matrices of one of the main layers.
double layer_values(const TransformerConfig& c) {
  return 4.0 * c.dim * c.dim + 3.0 * c.dim * c.ffn_dim() + 4.0 * c.dim * c.adaln_dim();
}

double text_encoder_values(const TextEncoderConfig& c) {
  const double heads = 2.0 * c.head_dim * (c.num_attention_heads + c.num_key_value_heads);
  return TextEncoder::layer_count(c) *
         (heads * c.hidden_size + 3.0 * c.hidden_size * c.intermediate_size);
}

// Seconds of decoding or encoding in strips of `strip` rows of latents, 0 = at once.
double vae_seconds(const NetworkWork& work, const DeviceRates& rates, bool card, int strip) {
  const double seconds = work.product_seconds + work.parts * rates.layer_seconds +
                         work.values * rates.layer_value_seconds;
  if (strip == 0) return seconds;
  if (!card) return kHostPlanes * seconds;
  // A layer copies in the inputs of two convolutions and the residual, while it computes; it
  // copies back two results, which are waited for.
  const double plane = 4 * work.values / kBusBytes;  // float32
  return std::max(seconds, 3 * plane) + 2 * plane;
}

// Chunks make more and smaller products.
double chunking(int chunk_tokens) { return 1.01 + 5.0 / chunk_tokens; }
double round_up_32(double n) { return std::ceil(std::floor(n) / 32) * 32; }

}  // namespace

// Fewer than 16 channels cost as much as 16, since they are padded.
double convolution_rate(const DeviceRates& rates, double channels) {
  return std::min(1.0, channels / 16) *
         between(channels, 16, rates.narrow_convolution, 256, rates.wide_convolution);
}

double save_seconds(double pixels) { return kSave_s + pixels / kSavePixels; }

NetworkWork block_work(const TransformerConfig& c, double tokens, const DeviceRates& rates) {
  const double d = c.dim;
  const double linear = 2.0 * tokens * (4.0 * d * d + 3.0 * d * c.ffn_dim());
  const double attention = 4.0 * tokens * tokens * d;
  return {linear / product_rate(rates, d) + attention / rates.attention, 1, tokens * d};
}

namespace {

// Sums the work of the VAE's layers.
struct VaeWork {
  const DeviceRates& rates;
  double latents;  // in the picture
  int strip;
  NetworkWork work{};

  void add(double flops, double layers, double area, double channels) {
    // Each strip is computed with one extra row above and below.
    const double rows = strip * std::sqrt(area / latents);
    const double margins = strip > 0 ? 1 + 2 / rows : 1;
    work.product_seconds += margins * flops / convolution_rate(rates, channels);
    work.parts += layers;
    work.values += layers * area * channels;
  }
  // Two blocks of two convolutions each.
  void add_middle(const VaeConfig& c) {
    const double in = c.block_out_channels.back();
    const double area = latents;
    add(72.0 * area * in * in, 2, area, in);
    if (!c.mid_block_add_attention) return;
    work.product_seconds +=
        4.0 * area * area * in / rates.attention + 8.0 * area * in * in / product_rate(rates, in);
  }
};

double latents_of(const VaeConfig& c, double pixels) {
  return pixels / (static_cast<double>(c.scale()) * c.scale());
}

}  // namespace

NetworkWork image_encoder_work(const VaeConfig& c, double pixels, const DeviceRates& rates,
                               int strip) {
  VaeWork all{rates, latents_of(c, pixels), strip};
  double area = pixels;
  double in = c.block_out_channels.front();
  for (std::size_t i = 0; i < c.block_out_channels.size(); ++i) {
    const double out = c.block_out_channels[i];
    all.add(18.0 * area * (in * out + out * out * (2.0 * c.layers_per_block - 1)),
            c.layers_per_block, area, out);
    if (i + 1 < c.block_out_channels.size()) {
      area /= 4;
      all.add(18.0 * area * out * out, 1, area, out);
    }
    in = out;
  }
  all.add_middle(c);
  return all.work;
}

NetworkWork decoder_work(const VaeConfig& c, double pixels, const DeviceRates& rates, int strip) {
  VaeWork all{rates, latents_of(c, pixels), strip};
  const auto add = [&](double flops, double layers, double at_area, double channels) {
    all.add(flops, layers, at_area, channels);
  };
  double area = all.latents;
  double in = c.block_out_channels.back();
  all.add_middle(c);
  for (std::size_t i = c.block_out_channels.size(); i-- > 0; area *= 4) {
    const double out = c.block_out_channels[i];
    const double flops = 18.0 * area * (in * out + out * out * (2.0 * c.layers_per_block + 1));
    add(flops, c.layers_per_block + 1.0, area, out);
    if (i > 0) add(18.0 * 4 * area * out * out, 1, 4 * area, out);
    in = out;
  }
  return all.work;
}

DeviceRates unmeasured_rates(bool card) { return card ? kUnmeasuredCard : kUnmeasuredCpu; }

double estimate_reload_seconds(const NetworkSizes& sizes, const ExecutionOptions& execution,
                               const DeviceRates& rates) {
  const bool leaves = execution.evict_encoder && !execution.stream_encoder;
  const NetworkSize& size = sizes.under(NetworkId::kTextEncoder, execution);
  return leaves ? static_cast<double>(size.bytes) / rates.copy_bytes : 0;
}

StageTimeEstimate::StageTimeEstimate(const ModelFolder& model, const NetworkSizes& sizes,
                                     const RunFormats& formats, const RunShape& shape,
                                     const DeviceRates& rates, bool card)
    : model_(model),
      sizes_(sizes),
      shape_(shape),
      rates_(rates),
      formats_(formats),
      text_layers_(TextEncoder::layer_count(model.text_encoder)),
      card_(card),
      pixels_(static_cast<double>(shape.width) * shape.height),
      unpacked_(formats.transformer.unpacked(model.transformer.n_layers) *
                layer_values(model.transformer)),
      positive_(branch(shape.prompt_tokens)),
      negative_(branch(shape.negative_tokens)) {}

double StageTimeEstimate::of(Stage stage, const ExecutionOptions& execution,
                             bool files_are_cached) {
  if (stage == Stage::kEncodeImage && !has_stage(shape_, stage)) return 0;
  return work(stage, execution, files_are_cached) + arrival(stage, execution);
}

double StageTimeEstimate::work(Stage stage, const ExecutionOptions& execution,
                               bool files_are_cached) {
  switch (stage) {
    case Stage::kLoad:
      return load(execution);
    case Stage::kEncode:
      return encode(execution) + copy(streamed_bytes(NetworkId::kTextEncoder, sizes_, execution));
    case Stage::kEncodeImage:
      return encode_image(execution);
    case Stage::kDenoise:
      return denoise(execution, files_are_cached);
    case Stage::kDecode:
      return decode(execution);
    case Stage::kUpscale:
      return 0;  // not a stage of these models: see upscale_forecaster.h
    case Stage::kSave:
      break;
  }
  return save_seconds(pixels_);
}

double StageTimeEstimate::arrival(Stage stage, const ExecutionOptions& execution) const {
  double seconds = 0;
  for (const NetworkEntry& network : kNetworks) {
    if (!network.stages.has(stage) || network.before(execution)) continue;
    seconds += copy(sizes_.under(network.network, execution).bytes -
                    streamed_bytes(network.network, sizes_, execution));
  }
  return seconds;
}

double StageTimeEstimate::load(const ExecutionOptions& execution) const {
  double seconds = kOpen_s;
  for (const NetworkEntry& entry : kNetworks) {
    if (entry.before(execution)) seconds += copy(resident_bytes(entry.network, sizes_, execution));
  }
  return seconds;
}

double StageTimeEstimate::unpacked_text_values(const ExecutionOptions& execution) const {
  const LayerStorage& storage = formats_.text_encoder;
  double values =
      text_encoder_values(model_.text_encoder) * storage.unpacked(text_layers_) / text_layers_;
  if (execution.packed_weights && storage.packed()) {
    values += static_cast<double>(storage.packed()->values);
  }
  return values;
}

double StageTimeEstimate::unpacked_values(const ExecutionOptions& execution) const {
  const auto& packed = formats_.transformer.packed();
  return unpacked_ + (execution.packed_weights && packed ? static_cast<double>(packed->values) : 0);
}

double StageTimeEstimate::encode(const ExecutionOptions& execution) const {
  const TextEncoderConfig& c = model_.text_encoder;
  const double values = text_encoder_values(c);
  const double tokens = shape_.prompt_tokens + shape_.negative_tokens;
  const double width = c.hidden_size;
  double seconds =
      2 * values * tokens / product_rate(rates_, width) +
      text_layers_ * (rates_.block_seconds + tokens * width * rates_.block_value_seconds);
  seconds +=
      (shape_.negative_tokens > 0 ? 2 : 1) * unpacked_text_values(execution) / unpacked(card_);
  return seconds;
}

StageTimeEstimate::Branch StageTimeEstimate::branch(int prompt_tokens) const {
  const TransformerConfig& c = model_.transformer;
  const double side = model_.vae.scale() * c.patch_size;
  const double image = round_up_32(pixels_ / (side * side));
  const double rows = image + round_up_32(prompt_tokens);
  return {blocks_seconds(c, c.n_layers, rows, rates_) +
              blocks_seconds(c, c.n_refiner_layers, image, rates_),
          rows};
}

const StageTimeEstimate::StepWork& StageTimeEstimate::step_work(const ExecutionOptions& execution) {
  for (const StepWork& known : step_works_) {
    if (known.chunk_tokens == execution.chunk_tokens &&
        known.packed_weights == execution.packed_weights) {
      return known;
    }
  }
  const int chunk = execution.chunk_tokens;
  const auto work_of = [&](const Branch& branch) {
    // Each product unpacks its matrix again.
    const double products = chunk > 0 ? std::ceil(branch.rows / chunk) : 1;
    return branch.seconds + products * unpacked_values(execution) / unpacked(card_);
  };
  const double chunks = chunk > 0 ? chunking(chunk) : 1;
  const double alone = work_of(positive_);
  step_works_.push_back(
      {chunk, execution.packed_weights, chunks * alone, chunks * (alone + work_of(negative_))});
  return step_works_.back();
}

double StageTimeEstimate::denoise(const ExecutionOptions& execution, bool files_are_cached) {
  const StepWork& products = step_work(execution);
  const std::int64_t read = streamed_bytes(NetworkId::kTransformer, sizes_, execution);
  const double read_seconds =
      files_are_cached ? copy(read) : static_cast<double>(read) / kDiskBytes;
  const auto step = [&](double work, double passes) {
    if (passes > 1) work *= card_ ? kSequentialCard : kSequentialCpu;
    const double streamed = passes * read_seconds;
    return std::max(work, streamed) + exposed(card_) * std::min(work, streamed);
  };
  double seconds = (shape_.steps - shape_.guided_steps) * step(products.alone, 1);
  if (shape_.guided_steps > 0) {
    seconds += shape_.guided_steps * step(products.guided, execution.sequential_guidance ? 2 : 1);
  }
  return seconds;
}

namespace {

// `work_at` computes the work for given rates and strips.
template <typename WorkAt>
double vae_seconds_under(const ExecutionOptions& execution, const DeviceRates& rates, bool card,
                         const WorkAt& work_at) {
  if (!execution.cpu_decode || !card) {
    return vae_seconds(work_at(rates, execution.tile_latent), rates, card, execution.tile_latent);
  }
  return vae_seconds(work_at(kUnmeasuredCpu, 0), kUnmeasuredCpu, /*card=*/false, 0);
}

}  // namespace

double StageTimeEstimate::encode_image(const ExecutionOptions& execution) {
  const auto [at, is_new] =
      image_encoders_.try_emplace({execution.tile_latent, execution.cpu_decode});
  if (is_new) {
    at->second = vae_seconds_under(execution, rates_, card_, [&](const DeviceRates& r, int strip) {
      return image_encoder_work(model_.vae, pixels_, r, strip);
    });
  }
  return at->second;
}

double StageTimeEstimate::decode(const ExecutionOptions& execution) {
  const auto [at, is_new] = decoders_.try_emplace({execution.tile_latent, execution.cpu_decode});
  if (is_new) {
    at->second = vae_seconds_under(execution, rates_, card_, [&](const DeviceRates& r, int strip) {
      return decoder_work(model_.vae, pixels_, r, strip);
    });
  }
  return at->second;
}

std::array<double, kStageCount> estimate_seconds(const ModelFolder& model,
                                                 const NetworkSizes& sizes,
                                                 const RunFormats& formats, const RunShape& shape,
                                                 const ExecutionOptions& execution,
                                                 const DeviceRates& rates, bool card,
                                                 bool files_are_cached) {
  StageTimeEstimate estimate(model, sizes, formats, shape, rates, card);
  std::array<double, kStageCount> seconds{};
  for (int i = 0; i < kStageCount; ++i) {
    seconds[static_cast<std::size_t>(i)] =
        estimate.of(static_cast<Stage>(i), execution, files_are_cached);
  }
  return seconds;
}

}  // namespace headroom
