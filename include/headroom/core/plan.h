#pragma once
#include "headroom/core/message.h"
#include "headroom/core/run_shape.h"
#include "headroom/core/stage.h"

#include <array>
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

// How the memory ladder is used. Everything at its default: all networks stay resident. No rung
// changes the picture.
struct Rungs {
  bool evict_encoder = false;        // the text encoder leaves before the transformer arrives
  bool stream_encoder = false;       // its layers are copied in one after the other
  bool sequential_guidance = false;  // the two branches of a step run one after the other
  int chunk_tokens = 0;              // rows of a block that are worked on at a time; 0 = all
  int stream_blocks = 0;  // main layers of the transformer that are copied in at their turn
  bool evict_transformer = false;  // the transformer leaves before the decoder arrives
  int tile_latent = 0;             // rows of latents in each strip that is decoded; 0 = at once
  bool cpu_decode = false;         // the decoder runs on the CPU, outside of the device's memory
  friend auto operator<=>(const Rungs&, const Rungs&) = default;
};

// The rungs by their names, "resident" alone when there are none: "evict-encoder",
// "stream-encoder", "sequential-guidance", "chunk-tokens:256", "stream-blocks:12",
// "evict-transformer", "tile-decode:32", "cpu-decode".
[[nodiscard]] std::vector<std::string> rung_names(const Rungs& rungs);
// The way back. Nothing when a name is not one of these, or its number is not a positive one.
[[nodiscard]] std::optional<Rungs> read_rung_names(const std::vector<std::string>& names);

// What one rung of a plan does for it, compared with the same plan without that rung.
struct RungEffect {
  std::string rung;              // by name, see rung_names()
  std::int64_t saved_bytes = 0;  // of the peak; 0 or less: it is there for speed
  double seconds = 0;  // what it costs for a picture, < 0: it saves time; 0 while nothing is known
};

// How a request will run: made before any tensor exists, written into the picture afterwards.
struct Plan {
  int width = 0;
  int height = 0;
  int count = 1;
  std::vector<std::string> rungs;        // by name, see rung_names()
  std::vector<RungEffect> rung_effects;  // one for each rung in their order; none for "resident"
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

// A run that could not go on as planned, and did under another plan. The picture is the same.
struct PlanChange {
  Stage stage = Stage::kLoad;      // that was begun or broken off
  int step = 0;                    // denoising steps that were done by then
  std::string reason;              // one sentence, English
  std::vector<std::string> rungs;  // of the new plan
  std::int64_t peak_bytes = 0;     // of the new plan, for what is left
};

// What a run did: the plan beside the measurement, with all that its seconds depend on. Says
// nothing of what was drawn.
struct Receipt {
  Plan plan;                        // as it was at the start
  std::vector<PlanChange> changes;  // empty: the run went as planned
  int image_index = 0;              // 0 .. plan.count - 1
  RunShape shape;
  // The weight files were opened for this picture: only then the seconds of load are a measurement.
  bool opened = false;
  // Beside plan.peak_bytes and plan.in_use_peak_bytes: what the device gave, and the most of it
  // that was handed out. A run takes hold of its plan's peak, so the second pair shows how good the
  // prediction was.
  std::int64_t actual_peak_bytes = 0;
  std::int64_t actual_in_use_bytes = 0;
  std::array<std::int64_t, kStageCount> stage_peak_bytes{};  // handed out; indexed by Stage
  // Indexed by Stage. 0 = the stage was not run: further pictures of a job neither load nor encode.
  std::array<double, kStageCount> stage_seconds{};
  // At which weights were read, converted and put on the device; 0 = none were.
  double copy_bytes_per_second = 0;
  // How often the driver was asked for memory after the run had taken hold of the plan's; 0 is what
  // is promised.
  std::int64_t driver_allocations = 0;
  std::string model;        // the model folder's name
  std::string device;       // "CPU budget" or the name of the card
  std::string device_uuid;  // of a card, where it has one
  std::string dtype;        // number format of the networks: "fp32", "bf16" or "fp16"
  int threads = 0;          // of the CPU
  std::string version;      // of this program
  std::string libtorch;     // its version
  std::string time;         // when the picture was done, "2026-11-24T14:09:15Z"
};

}  // namespace headroom
