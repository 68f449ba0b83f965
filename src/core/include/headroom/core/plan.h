#pragma once
#include "headroom/core/message.h"
#include "headroom/core/stage.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

[[nodiscard]] inline Message say_stage(Stage stage) {
  const std::string name(stage_name(stage));
  return {"stage." + name, name, {}};
}

// What one stage holds on the device at its worst moment.
// in_use_bytes <= weights_bytes + activation_bytes + workspace_bytes, since the three need not peak
// at the same moment. A card's allocator holds more than it hands out, and peak_bytes with it.
struct StagePlan {
  Stage stage = Stage::kLoad;
  std::int64_t weights_bytes = 0;     // weights resident while the stage runs
  std::int64_t activation_bytes = 0;  // tensors that live between operations
  std::int64_t workspace_bytes = 0;   // scratch inside one operation
  std::int64_t peak_bytes = 0;
  double seconds = 0;             // predicted; 0 when nothing is known of this device yet
  std::int64_t host_bytes = 0;    // held of the machine's own memory, outside of the device's
  std::int64_t in_use_bytes = 0;  // of peak_bytes, handed out; on the CPU the same
};

// Which ways to save memory are used. Everything at its default: all networks stay resident. No
// option changes the picture.
struct ExecutionOptions {
  bool evict_encoder = false;        // the text encoder leaves before the transformer arrives
  bool stream_encoder = false;       // its layers are copied in one after the other
  bool sequential_guidance = false;  // the two branches of a step run one after the other
  int chunk_tokens = 0;              // rows of a block that are worked on at a time; 0 = all
  int stream_blocks = 0;  // main layers of the transformer that are copied in at their turn
  bool evict_transformer = false;  // the transformer leaves before the decoder arrives
  int tile_latent = 0;             // rows of latents in each strip that is decoded; 0 = at once
  bool cpu_decode = false;         // the decoder runs on the CPU, outside of the device's memory
  // Matrices of text encoder and transformer that their files quantise stay as they are stored, and
  // each product unpacks its own.
  bool packed_weights = false;
  friend auto operator<=>(const ExecutionOptions&, const ExecutionOptions&) = default;
};

// The options by their names, "resident" alone when there are none: "evict-encoder",
// "stream-encoder", "sequential-guidance", "chunk-tokens:256", "stream-blocks:12",
// "evict-transformer", "tile-decode:32", "cpu-decode", "packed-weights".
[[nodiscard]] std::vector<std::string> option_names(const ExecutionOptions& execution);
// The way back. Nothing when a name is not one of these, or its number is not a positive one.
[[nodiscard]] std::optional<ExecutionOptions> read_option_names(
    const std::vector<std::string>& names);

// What one option of a plan does for it, compared with the same plan without that option.
struct OptionEffect {
  std::string option;            // by name, see option_names()
  std::int64_t saved_bytes = 0;  // of the peak; 0 or less: it is there for speed
  double seconds = 0;  // what it costs for a picture, < 0: it saves time; 0 while nothing is known
};

// How a request will run: made before any tensor exists, written into the picture afterwards.
struct Plan {
  int width = 0;
  int height = 0;
  int count = 1;
  std::vector<std::string> execution;  // by name, see option_names()
  std::vector<OptionEffect>
      option_effects;  // one for each option in their order; none for "resident"
  std::vector<StagePlan> stages;
  std::int64_t peak_bytes = 0;         // that the device has to give
  std::int64_t in_use_peak_bytes = 0;  // of it, handed out at the worst moment; on the CPU the same
  std::int64_t small_pool_bytes = 0;   // of it, in a card's pool of small requests
  double seconds = 0;
  // By the device's measured rates alone: no run of this model on it has told yet.
  bool seconds_are_estimated = false;
  // Of the machine's own memory: held outside of the device's at the worst moment, and of the
  // weight files what every step reads again, which the system keeps in its page cache if it can.
  std::int64_t host_peak_bytes = 0;
  std::int64_t page_cache_bytes = 0;
};

// What the plan says of a stage; null when the run does not go through it.
[[nodiscard]] const StagePlan* find_stage(const Plan& plan, Stage stage);

}  // namespace headroom
