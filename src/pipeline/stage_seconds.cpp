#include "stage_seconds.h"

#include "headroom/device/meta_ledger.h"
#include "headroom/diffusion/guidance.h"
#include "headroom/diffusion/schedule.h"
#include "headroom/memory/planner.h"

#include "weight_sources.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

// Round figures; only their proportions matter before the first run. Those of the CPU were fitted
// to the starter model on 2 idle cores (the table in the README).
struct Rates {
  double flops;          // per second, dense products
  double block_seconds;  // of one transformer block beside its products: its calls
  double copy_bytes;     // per second, from the mapped file to the device
  double decoder_flops;  // per second, convolutions
  double layer_seconds;  // of one layer of the decoder beside its arithmetic
  double exposed;        // part of a hidden copy that still costs time
  double unpacked;       // quantised values per second
};
constexpr Rates kCpu{110e9, 0.4e-3, 2e9, 60e9, 1e-3, 0.5, 1e9};
constexpr Rates kCard{20e12, 0.2e-3, 10e9, 10e12, 0.1e-3, 0.1, 100e9};
constexpr double kSequentialCard = 1.1;  // smaller products fill a card less well
constexpr double kSequentialCpu = 1.01;  // layers leave the caches between the branches
constexpr double kOpen_s = 0.01;         // opening files and reading their headers
constexpr double kSave_s = 3e-3;         // making, syncing and naming a file
constexpr double kDiskBytes = 0.5e9;    // per second, of a file that memory cannot keep
constexpr double kSavePixels = 15e6;     // per second, compressed

// Seconds of `blocks` transformer blocks on `tokens` rows.
double blocks_seconds(const TransformerConfig& c, int blocks, double tokens, const Rates& rates) {
  const double d = c.dim;
  const double linear = 2.0 * tokens * (4.0 * d * d + 3.0 * d * c.ffn_dim());
  const double attention = 4.0 * tokens * tokens * d;
  return blocks * ((linear + attention) / rates.flops + rates.block_seconds);
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

double decoder_seconds(const VaeConfig& c, double pixels, const Rates& rates) {
  double flops = 0;
  double layers = 0;
  double area = pixels / (static_cast<double>(c.scale()) * c.scale());
  double in = c.block_out_channels.back();
  flops += 72.0 * area * in * in;  // the middle: two blocks of two convolutions, and attention
  if (c.mid_block_add_attention) flops += 4.0 * area * area * in + 8.0 * area * in * in;
  for (std::size_t i = c.block_out_channels.size(); i-- > 0; area *= 4) {
    const double out = c.block_out_channels[i];
    flops += 18.0 * area * (in * out + out * out * (2.0 * c.layers_per_block + 1));
    layers += c.layers_per_block + 1.0;
    if (i > 0) flops += 18.0 * 4 * area * out * out;
    in = out;
  }
  return flops / rates.decoder_flops + layers * rates.layer_seconds;
}

// More, smaller products.
double chunking(int chunk_tokens) { return 1.01 + 5.0 / chunk_tokens; }
// Layers through host memory, and margins that weigh more the smaller the tile.
double tiling(int tile_latent) { return 1.15 + 1.5 / tile_latent; }

double round_up_32(double n) {
  return static_cast<double>((static_cast<std::int64_t>(n) + 31) / 32 * 32);
}

}  // namespace

NetworkSizes network_sizes(const ModelFolder& model, const NumberFormats& formats,
                           const std::function<std::int64_t(const Ledger&)>& left_of) {
  const c10::InferenceMode inference;
  MetaWeights networks(formats.networks, formats.storage);
  MetaWeights vae(formats.vae);
  const auto measure = [&](auto load) {
    Ledger ledger;
    const MetaLedgerRecording recording(ledger);
    const auto loaded = load();
    return left_of(ledger);
  };
  // Whole networks, not a layer times their number: on a card layers share the allocator's
  // segments.
  const auto all_layers = [](int count, auto load) {
    std::vector<decltype(load(0))> layers;
    for (int i = 0; i < count; ++i) layers.push_back(load(i));
    return layers;
  };
  NetworkSizes sizes;
  const int text_layers = TextEncoder::layer_count(model.text_encoder);
  sizes.text_encoder = measure([&] {
    return all_layers(text_layers, [&](int i) {
      return TextEncoder::load_layer(model.text_encoder, networks, i);
    });
  });
  sizes.text_encoder_layer = sizes.text_encoder / text_layers;
  const int layers = model.transformer.n_layers;
  const std::int64_t shell = measure([&] { return Transformer(model.transformer, networks); });
  sizes.transformer = measure([&] {
    return std::pair(Transformer(model.transformer, networks), all_layers(layers, [&](int i) {
                       return Transformer::load_layer(model.transformer, networks, i);
                     }));
  });
  sizes.transformer_layer = (sizes.transformer - shell) / layers;
  sizes.vae = measure([&] { return VaeDecoder(model.vae, vae); });
  return sizes;
}

RunShape shape_of(const GenerationRequest& request, const PromptIds& ids,
                  const SchedulerConfig& scheduler) {
  RunShape shape{request.width,
                 request.height,
                 request.steps,
                 0,
                 static_cast<int>(ids.positive.size()),
                 static_cast<int>(ids.negative.size())};
  if (ids.negative.empty()) return shape;
  std::vector<float> sigmas =
      flow_match_sigmas(request.steps, request.shift.value_or(scheduler.shift));
  sigmas.pop_back();  // where the last step ends
  for (const float sigma : sigmas) {
    if (is_guided(request.guidance_scale, request.cfg_truncation, model_time(sigma))) {
      ++shape.guided_steps;
    }
  }
  return shape;
}

RunShape shape_of(const Receipt& receipt) {
  return {receipt.plan.width,   receipt.plan.height,   receipt.steps,
          receipt.guided_steps, receipt.prompt_tokens, receipt.negative_tokens};
}

double guess_reload_seconds(const NetworkSizes& sizes, const Rungs& rungs, bool card) {
  const bool leaves = rungs.evict_encoder && !rungs.stream_encoder;
  return leaves ? static_cast<double>(sizes.text_encoder) / (card ? kCard : kCpu).copy_bytes : 0;
}

std::array<double, kStageCount> guess_seconds(const ModelFolder& model, const NetworkSizes& sizes,
                                              WeightStorage storage, const RunShape& shape,
                                              const Rungs& rungs, bool card,
                                              bool files_are_cached) {
  const Rates& rates = card ? kCard : kCpu;
  const Residency stays = residency(rungs);
  const TransformerConfig& transformer = model.transformer;
  const double pixels = static_cast<double>(shape.width) * shape.height;
  const auto copy = [&](std::int64_t bytes) {
    return static_cast<double>(bytes) / rates.copy_bytes;
  };
  std::array<double, kStageCount> seconds{};
  const auto of = [&](Stage stage) -> double& { return seconds[static_cast<std::size_t>(stage)]; };

  const std::int64_t kept_layers =
      sizes.transformer - sizes.transformer_layer * rungs.stream_blocks;
  of(Stage::kLoad) = kOpen_s;
  if (!rungs.stream_encoder) of(Stage::kLoad) += copy(sizes.text_encoder);
  if (stays.transformer_in_encode) of(Stage::kLoad) += copy(kept_layers);
  if (stays.vae_before_decode) of(Stage::kLoad) += copy(sizes.vae);

  const bool quantised = storage != WeightStorage::kPlain;
  const double encoder = text_encoder_values(model.text_encoder);
  of(Stage::kEncode) = 2 * encoder * (shape.prompt_tokens + shape.negative_tokens) / rates.flops +
                       TextEncoder::layer_count(model.text_encoder) * rates.block_seconds;
  if (quantised)
    of(Stage::kEncode) += (shape.negative_tokens > 0 ? 2 : 1) * encoder / rates.unpacked;
  if (rungs.stream_encoder) of(Stage::kEncode) += copy(sizes.text_encoder);

  const double side = model.vae.scale() * transformer.patch_size;
  const double image = round_up_32(pixels / (side * side));
  const auto branch = [&](int tokens) {
    const double rows = image + round_up_32(tokens);
    double seconds_of_branch =
        blocks_seconds(transformer, transformer.n_layers, rows, rates) +
        blocks_seconds(transformer, transformer.n_refiner_layers, image, rates);
    if (quantised) {  // each product unpacks its matrix anew
      const double chunks = rungs.chunk_tokens > 0 ? std::ceil(rows / rungs.chunk_tokens) : 1;
      seconds_of_branch +=
          chunks * transformer.n_layers * layer_values(transformer) / rates.unpacked;
    }
    return seconds_of_branch;
  };
  const double alone = branch(shape.prompt_tokens);
  const double guided = alone + branch(shape.negative_tokens);
  const auto step = [&](double work, double passes) {
    if (rungs.chunk_tokens > 0) work *= chunking(rungs.chunk_tokens);
    if (passes > 1) work *= card ? kSequentialCard : kSequentialCpu;
    const std::int64_t read = sizes.transformer_layer * rungs.stream_blocks;
    const double streamed =
        passes * (files_are_cached ? copy(read) : static_cast<double>(read) / kDiskBytes);
    return std::max(work, streamed) + rates.exposed * std::min(work, streamed);
  };
  of(Stage::kDenoise) = (shape.steps - shape.guided_steps) * step(alone, 1) +
                        shape.guided_steps * step(guided, rungs.sequential_guidance ? 2 : 1);
  if (!stays.transformer_in_encode) of(Stage::kDenoise) += copy(kept_layers);

  of(Stage::kDecode) = decoder_seconds(model.vae, pixels, rungs.cpu_decode ? kCpu : rates);
  if (rungs.tile_latent > 0) of(Stage::kDecode) *= tiling(rungs.tile_latent);
  if (!stays.vae_before_decode) of(Stage::kDecode) += copy(sizes.vae);
  of(Stage::kSave) = kSave_s + pixels / kSavePixels;
  return seconds;
}

}  // namespace headroom
