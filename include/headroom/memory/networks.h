#pragma once
#include "headroom/core/plan.h"
#include "headroom/core/stage.h"

#include <array>
#include <cstddef>

namespace headroom {

// What is loaded and leaves as one, in the order in which it is loaded.
enum class NetworkId { kTextEncoder, kImageEncoder, kTransformer, kDecoder };

// The groups of options that plans choose one by one.
enum class Choice {
  kPrompt,  // stream_encoder
  kSteps,   // sequential_guidance, chunk_tokens, stream_blocks
  kPixels   // tile_latent, cpu_decode
};
inline constexpr int kChoiceCount = 3;
// The options of one group alone.
[[nodiscard]] ExecutionOptions execution_of(Choice choice, const ExecutionOptions& all);

struct NetworkEntry {
  NetworkId network;
  Stage stage;    // the one that uses it; it is on the device then in any case
  Choice choice;  // what that stage's own need depends on
  // Whether it is there from the start of the run, and whether it stays when its stage is over.
  bool (*before)(const ExecutionOptions&);
  bool (*after)(const ExecutionOptions&);
};

namespace detail {
constexpr bool evicts(const ExecutionOptions& r) { return r.evict_encoder || r.evict_transformer; }
constexpr bool decoder_stays(const ExecutionOptions& r) {
  const bool streams = r.stream_encoder || r.stream_blocks > 0;
  return !evicts(r) && !streams && !r.cpu_decode && r.tile_latent == 0;
}
}  // namespace detail

// Which networks are on the device when: the one place where this is decided. Planner and pipeline
// go through it, so that another stage with its network is one more entry here.
inline constexpr std::array kNetworks{
    NetworkEntry{NetworkId::kTextEncoder, Stage::kEncode, Choice::kPrompt,
                 [](const ExecutionOptions&) { return true; },
                 [](const ExecutionOptions& r) { return !r.evict_encoder && !r.stream_encoder; }},
    // Once a job, and small beside the others: it comes when it is used and leaves at once.
    NetworkEntry{NetworkId::kImageEncoder, Stage::kEncodeImage, Choice::kPixels,
                 [](const ExecutionOptions&) { return false; },
                 [](const ExecutionOptions&) { return false; }},
    NetworkEntry{NetworkId::kTransformer, Stage::kDenoise, Choice::kSteps,
                 [](const ExecutionOptions& r) { return !detail::evicts(r); },
                 [](const ExecutionOptions& r) { return !r.evict_transformer; }},
    NetworkEntry{NetworkId::kDecoder, Stage::kDecode, Choice::kPixels, detail::decoder_stays,
                 detail::decoder_stays},
};

[[nodiscard]] constexpr const NetworkEntry& entry_of(NetworkId network) {
  return kNetworks[static_cast<std::size_t>(network)];
}
// Whether `network` is on the device during `stage`.
[[nodiscard]] constexpr bool is_there(const NetworkEntry& network, Stage stage,
                                      const ExecutionOptions& execution) {
  if (stage == network.stage) return true;
  return stage < network.stage ? network.before(execution) : network.after(execution);
}

}  // namespace headroom
