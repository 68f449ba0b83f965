#include "stage_seconds.h"

#include "headroom/device/meta_ledger.h"
#include "headroom/memory/planner.h"

#include "weight_sources.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

// Round figures; only their proportions matter before the first run.
struct Rates {
  double flops;          // per second, dense products
  double copy_bytes;     // per second, from the mapped file to the device
  double decoder_flops;  // per second, convolutions
  double exposed;        // part of a hidden copy that still costs time
  double unpacked;       // quantised values per second
};
constexpr Rates kCpu{60e9, 2e9, 60e9, 0.5, 1e9};
constexpr Rates kCard{20e12, 10e9, 10e12, 0.1, 100e9};
constexpr double kChunking = 1.03;  // more, smaller products
constexpr double kTiling = 1.25;    // margins, and layers through host memory
// Where the CPU is the device, decoding outside of its budget costs no time, but it is what a card
// would wait for: keep it the last resort here too.
constexpr double kHostPenalty = 20;
constexpr double kSequentialCard = 1.1;  // smaller products fill a card less well
constexpr double kSequentialCpu = 1.01;  // layers leave the caches between the branches

// Of one call of the transformer's main layers and refiners.
double transformer_flops(const TransformerConfig& c, double tokens) {
  const double d = c.dim;
  const double linear = 2.0 * tokens * (4.0 * d * d + 3.0 * d * c.ffn_dim());
  const double attention = 4.0 * tokens * tokens * d;
  return (c.n_layers + c.n_refiner_layers) * (linear + attention);
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

double decoder_flops(const VaeConfig& c, double pixels) {
  double total = 0;
  double area = pixels / (static_cast<double>(c.scale()) * c.scale());
  double in = c.block_out_channels.back();
  for (std::size_t i = c.block_out_channels.size(); i-- > 0; area *= 4) {
    const double out = c.block_out_channels[i];
    total += 18.0 * area * (in * out + out * out * (2.0 * c.layers_per_block + 1));
    if (i > 0) total += 18.0 * 4 * area * out * out;
    in = out;
  }
  return total;
}

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

std::array<double, kStageCount> guess_seconds(const ModelFolder& model, const NetworkSizes& sizes,
                                              WeightStorage storage,
                                              const GenerationRequest& request,
                                              const PromptIds& ids, const Rungs& rungs, bool card) {
  const Rates& rates = card ? kCard : kCpu;
  const Residency stays = residency(rungs);
  const double pixels = static_cast<double>(request.width) * request.height;
  const auto length = [](const std::vector<std::int32_t>& tokens) {
    return static_cast<double>(tokens.size());
  };
  const auto copy = [&](std::int64_t bytes) {
    return static_cast<double>(bytes) / rates.copy_bytes;
  };
  std::array<double, kStageCount> seconds{};
  const auto of = [&](Stage stage) -> double& { return seconds[static_cast<std::size_t>(stage)]; };

  const bool quantised = storage != WeightStorage::kPlain;
  const double prompts = ids.negative.empty() ? 1 : 2;
  const double encoder = text_encoder_values(model.text_encoder);
  of(Stage::kEncode) = 2 * encoder * (length(ids.positive) + length(ids.negative)) / rates.flops;
  if (quantised) of(Stage::kEncode) += prompts * encoder / rates.unpacked;
  if (!stays.text_encoder_after_encode) of(Stage::kEncode) += copy(sizes.text_encoder);

  const double side = model.vae.scale() * model.transformer.patch_size;
  const double image = round_up_32(pixels / (side * side));
  double step = transformer_flops(model.transformer, image + round_up_32(length(ids.positive)));
  double passes = 1;
  if (!ids.negative.empty()) {
    step += transformer_flops(model.transformer, image + round_up_32(length(ids.negative)));
    if (rungs.sequential_guidance) passes = 2;
  }
  step /= rates.flops;
  if (quantised) {  // each product unpacks its matrix anew
    const double rows = image + round_up_32(length(ids.positive));
    const double chunks = rungs.chunk_tokens > 0 ? std::ceil(rows / rungs.chunk_tokens) : 1;
    step += prompts * chunks * model.transformer.n_layers * layer_values(model.transformer) /
            rates.unpacked;
  }
  if (rungs.chunk_tokens > 0) step *= kChunking;
  if (passes > 1) step *= card ? kSequentialCard : kSequentialCpu;
  const double streamed = copy(sizes.transformer_layer * rungs.stream_blocks) * passes;
  step = std::max(step, streamed) + rates.exposed * std::min(step, streamed);
  of(Stage::kDenoise) = request.steps * step;
  if (!stays.transformer_in_encode || !stays.transformer_in_decode) {
    of(Stage::kDenoise) += copy(sizes.transformer - sizes.transformer_layer * rungs.stream_blocks);
  }

  const Rates& decoding = rungs.cpu_decode ? kCpu : rates;
  of(Stage::kDecode) = decoder_flops(model.vae, pixels) / decoding.decoder_flops;
  if (rungs.cpu_decode && !card) of(Stage::kDecode) *= kHostPenalty;
  if (rungs.tile_latent > 0) of(Stage::kDecode) *= kTiling;
  if (!stays.vae_before_decode) of(Stage::kDecode) += copy(sizes.vae);
  return seconds;
}

}  // namespace headroom
