#pragma once
#include "headroom/core/plan.h"
#include "headroom/core/stage.h"

#include <array>
#include <cstddef>

namespace headroom {

// What is loaded and leaves as one, in the order in which it is loaded.
enum class NetworkId { kTextEncoder, kImageEncoder, kTransformer, kDecoder };

// The groups of rungs that plans choose one by one.
enum class Choice {
  kPrompt,  // stream_encoder
  kSteps,   // sequential_guidance, chunk_tokens, stream_blocks
  kPixels   // tile_latent, cpu_decode
};
inline constexpr int kChoiceCount = 3;
// The rungs of one group alone.
[[nodiscard]] Rungs rungs_of(Choice choice, const Rungs& all);

struct NetworkEntry {
  NetworkId network;
  Stage stage;    // the one that uses it; it is on the device then in any case
  Choice choice;  // what that stage's own need depends on
  // Whether it is there from the start of the run, and whether it stays when its stage is over.
  bool (*before)(const Rungs&);
  bool (*after)(const Rungs&);
};

namespace detail {
constexpr bool evicts(const Rungs& r) { return r.evict_encoder || r.evict_transformer; }
constexpr bool decoder_stays(const Rungs& r) {
  const bool streams = r.stream_encoder || r.stream_blocks > 0;
  return !evicts(r) && !streams && !r.cpu_decode && r.tile_latent == 0;
}
}  // namespace detail

// Which networks are on the device when: the one place where this is decided. Planner and pipeline
// go through it, so that another stage with its network is one more entry here.
inline constexpr std::array kNetworks{
    NetworkEntry{NetworkId::kTextEncoder, Stage::kEncode, Choice::kPrompt,
                 [](const Rungs&) { return true; },
                 [](const Rungs& r) { return !r.evict_encoder && !r.stream_encoder; }},
    // Once a job, and small beside the others: it comes when it is used and leaves at once.
    NetworkEntry{NetworkId::kImageEncoder, Stage::kEncodeImage, Choice::kPixels,
                 [](const Rungs&) { return false; }, [](const Rungs&) { return false; }},
    NetworkEntry{NetworkId::kTransformer, Stage::kDenoise, Choice::kSteps,
                 [](const Rungs& r) { return !detail::evicts(r); },
                 [](const Rungs& r) { return !r.evict_transformer; }},
    NetworkEntry{NetworkId::kDecoder, Stage::kDecode, Choice::kPixels, detail::decoder_stays,
                 detail::decoder_stays},
};

[[nodiscard]] constexpr const NetworkEntry& entry_of(NetworkId network) {
  return kNetworks[static_cast<std::size_t>(network)];
}
// Whether `network` is on the device during `stage`.
[[nodiscard]] constexpr bool is_there(const NetworkEntry& network, Stage stage,
                                      const Rungs& rungs) {
  if (stage == network.stage) return true;
  return stage < network.stage ? network.before(rungs) : network.after(rungs);
}

}  // namespace headroom
