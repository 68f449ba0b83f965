#pragma once
#include "headroom/core/id_set.h"
#include "headroom/core/plan.h"
#include "headroom/core/stage.h"

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string_view>

namespace headroom {

// The units that are loaded and evicted as a whole, in loading order.
enum class NetworkId { kTextEncoder, kImageEncoder, kTransformer, kDecoder };

// Groups of options. A plan chooses an alternative in each group independently.
enum class Choice {
  kPrompt,  // stream_encoder, packed_weights
  kSteps,   // sequential_guidance, chunk_tokens, stream_blocks, packed_weights
  kPixels   // tile_latent, cpu_decode
};
inline constexpr int kChoiceCount = 3;
// `all` with the options of the other groups at their defaults.
[[nodiscard]] ExecutionOptions execution_of(Choice choice, const ExecutionOptions& all);

// A stage that works on the device, and the group of options that its own need depends on.
struct WorkStage {
  Stage stage;
  Choice choice;
};
inline constexpr std::array kWorkStages{
    WorkStage{Stage::kEncode, Choice::kPrompt},
    WorkStage{Stage::kEncodeImage, Choice::kPixels},
    WorkStage{Stage::kDenoise, Choice::kSteps},
    WorkStage{Stage::kDecode, Choice::kPixels},
};
// The group of options that a stage, one of kWorkStages, depends on.
[[nodiscard]] constexpr Choice choice_of(Stage stage) {
  for (const WorkStage& work : kWorkStages) {
    if (work.stage == stage) return work.choice;
  }
  throw std::logic_error("the stage does not work on the device");
}

struct NetworkEntry {
  NetworkId network;
  std::string_view part;  // its name in model.offload_layers
  IdSet<Stage> stages;    // stages that use it; it is on the device during them
  // How its stages' options change it: how many of its `layers` are streamed (copied in when their
  // turn comes), and whether it works on the host, outside of the device's memory.
  int (*streamed)(const ExecutionOptions&, int layers);
  bool (*on_host)(const ExecutionOptions&);
  // Whether it is on the device from the start of the run until its first stage, and whether it
  // stays there after each of its stages.
  bool (*before)(const ExecutionOptions&);
  bool (*after)(const ExecutionOptions&);
  bool can_be_packed = false;  // ExecutionOptions::packed_weights applies to it
};

namespace detail {
constexpr bool always(const ExecutionOptions&) { return true; }
constexpr bool never(const ExecutionOptions&) { return false; }
constexpr int none(const ExecutionOptions&, int) { return 0; }
constexpr bool vae_on_host(const ExecutionOptions& r) { return r.cpu_decode; }
constexpr bool evicts(const ExecutionOptions& r) { return r.evict_encoder || r.evict_transformer; }
constexpr bool decoder_stays(const ExecutionOptions& r) {
  const bool streams = r.stream_encoder || r.stream_blocks > 0;
  return !evicts(r) && !streams && !r.cpu_decode && r.tile_latent == 0;
}
}  // namespace detail

// Which network is on the device when. Only this table decides it, for planner, pipeline and
// forecasts. How each network is loaded is a line in pipeline's TextToImage.
inline constexpr std::array kNetworks{
    NetworkEntry{
        .network = NetworkId::kTextEncoder,
        .part = "text_encoder",
        .stages = {Stage::kEncode},
        .streamed = [](const ExecutionOptions& r,
                       int layers) { return r.stream_encoder ? layers : 0; },
        .on_host = detail::never,
        .before = detail::always,
        .after = [](const ExecutionOptions& r) { return !r.evict_encoder && !r.stream_encoder; },
        .can_be_packed = true},
    // It is used once per job and small beside the others, so it is loaded when used and evicted
    // at once.
    NetworkEntry{.network = NetworkId::kImageEncoder,
                 .part = "vae",
                 .stages = {Stage::kEncodeImage},
                 .streamed = detail::none,
                 .on_host = detail::vae_on_host,
                 .before = detail::never,
                 .after = detail::never},
    NetworkEntry{.network = NetworkId::kTransformer,
                 .part = "transformer",
                 .stages = {Stage::kDenoise},
                 .streamed = [](const ExecutionOptions& r, int) { return r.stream_blocks; },
                 .on_host = detail::never,
                 .before = [](const ExecutionOptions& r) { return !detail::evicts(r); },
                 .after = [](const ExecutionOptions& r) { return !r.evict_transformer; },
                 .can_be_packed = true},
    NetworkEntry{.network = NetworkId::kDecoder,
                 .part = "vae",
                 .stages = {Stage::kDecode},
                 .streamed = detail::none,
                 .on_host = detail::vae_on_host,
                 .before = detail::decoder_stays,
                 .after = detail::decoder_stays},
};

[[nodiscard]] constexpr std::size_t index_of(NetworkId network) {
  return static_cast<std::size_t>(network);
}
[[nodiscard]] constexpr const NetworkEntry& entry_of(NetworkId network) {
  return kNetworks[index_of(network)];
}
// The first of the stages that use `network`.
[[nodiscard]] constexpr Stage first_stage(const NetworkEntry& network) {
  for (const WorkStage& work : kWorkStages) {
    if (network.stages.has(work.stage)) return work.stage;
  }
  return kWorkStages.front().stage;
}
// Whether a run that goes through `stages` uses `network`.
[[nodiscard]] constexpr bool is_used(const NetworkEntry& network, const IdSet<Stage>& stages) {
  for (const WorkStage& work : kWorkStages) {
    if (network.stages.has(work.stage) && stages.has(work.stage)) return true;
  }
  return false;
}
// Whether `network` is on the device during `stage`.
[[nodiscard]] constexpr bool is_there(const NetworkEntry& network, Stage stage,
                                      const ExecutionOptions& execution) {
  if (network.stages.has(stage)) return true;
  return stage < first_stage(network) ? network.before(execution) : network.after(execution);
}
// Whether a network that `stage` uses works outside of the device's memory.
[[nodiscard]] constexpr bool works_on_host(Stage stage, const ExecutionOptions& execution) {
  for (const NetworkEntry& network : kNetworks) {
    if (network.stages.has(stage) && network.on_host(execution)) return true;
  }
  return false;
}

namespace detail {
constexpr bool networks_are_in_order() {
  for (std::size_t i = 0; i < kNetworks.size(); ++i) {
    if (index_of(kNetworks[i].network) != i) return false;
  }
  return true;
}
static_assert(networks_are_in_order(), "a network's entry stands where its name does");
}  // namespace detail

}  // namespace headroom
