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

// What one stage holds on the device at its peak. in_use_bytes <= weights_bytes + activation_bytes
// + workspace_bytes, since the three need not peak at the same moment. A GPU's allocator reserves
// more than it hands out: peak_bytes is what it reserves.
struct StagePlan {
  Stage stage = Stage::kLoad;
  std::int64_t weights_bytes = 0;     // weights resident while the stage runs
  std::int64_t activation_bytes = 0;  // tensors that live between operations
  std::int64_t workspace_bytes = 0;   // scratch inside one operation
  std::int64_t peak_bytes = 0;
  double seconds = 0;             // predicted; 0 when nothing is known of this device yet
  std::int64_t host_bytes = 0;    // held in the machine's own memory, outside of the device's
  std::int64_t in_use_bytes = 0;  // the part of peak_bytes that is handed out; on the CPU all of it
};

// Which ways to save memory are used. Everything at its default: all networks stay resident. No
// option changes the picture.
struct ExecutionOptions {
  bool evict_encoder = false;        // the text encoder leaves before the transformer arrives
  bool stream_encoder = false;       // its layers are copied in one after the other
  bool sequential_guidance = false;  // the two branches of a step run one after the other
  int chunk_tokens = 0;  // rows (tokens) of a block that are computed at a time; 0 = all
  // Main layers of the transformer whose weights are copied in when their turn comes.
  int stream_blocks = 0;
  bool evict_transformer = false;  // the transformer leaves before the decoder arrives
  int tile_latent = 0;      // rows of latents in each strip that is decoded; 0 = all in one go
  bool cpu_decode = false;  // the decoder runs on the CPU, outside of the device's memory
  // Matrices of text encoder and transformer that are quantised in their files stay as they are
  // stored, and each product unpacks the ones it needs.
  bool packed_weights = false;
  friend auto operator<=>(const ExecutionOptions&, const ExecutionOptions&) = default;
};

// The options by their names, "resident" alone when there are none: "evict-encoder",
// "stream-encoder", "sequential-guidance", "chunk-tokens:256", "stream-blocks:12",
// "evict-transformer", "tile-decode:32", "cpu-decode", "packed-weights".
[[nodiscard]] std::vector<std::string> option_names(const ExecutionOptions& execution);
// Reads such names. Empty when a name is none of these, or its number is not positive.
[[nodiscard]] std::optional<ExecutionOptions> read_option_names(
    const std::vector<std::string>& names);

// What one option of a plan changes, compared with the same plan without that option.
struct OptionEffect {
  std::string option;            // by name, see option_names()
  std::int64_t saved_bytes = 0;  // off the peak; 0 or less: the option is there for speed
  double seconds = 0;  // added to a picture's time, < 0: it saves time; 0 while nothing is known
};

// How a request will run: made before any tensor exists, written into the picture afterwards.
struct Plan {
  int width = 0;
  int height = 0;
  int count = 1;
  // By name, see option_names(): a record of another version may have names that this one does not
  // know, and they are shown all the same.
  std::vector<std::string> execution;
  // One for each option, in their order; none for "resident".
  std::vector<OptionEffect> option_effects;
  std::vector<StagePlan> stages;
  std::int64_t peak_bytes = 0;  // that the device has to provide
  // The part of it that is handed out at the peak; on the CPU all of it.
  std::int64_t in_use_peak_bytes = 0;
  // The part of it in the CUDA allocator's pool of small requests.
  std::int64_t small_pool_bytes = 0;
  double seconds = 0;
  // Seconds come from the device's measured rates alone: no run of this model on it has been
  // recorded yet.
  bool seconds_are_estimated = false;
  // Of the machine's own memory: what is held outside of the device's at the peak, and the part of
  // the weight files that every step reads again, which the system keeps in its page cache if it
  // can.
  std::int64_t host_peak_bytes = 0;
  std::int64_t page_cache_bytes = 0;
};

// What the plan says about a stage; null when the run does not go through it.
[[nodiscard]] const StagePlan* find_stage(const Plan& plan, Stage stage);

}  // namespace headroom
