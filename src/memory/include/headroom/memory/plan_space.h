#pragma once
#include "headroom/core/plan.h"
#include "headroom/core/run_shape.h"
#include "headroom/memory/networks.h"

#include <cstdint>
#include <vector>

namespace headroom {

// What one stage needs of the device when it runs alone: the networks that it uses and its
// activations, what it was handed by earlier stages included, but none of the other networks.
struct StageNeed {
  std::int64_t weights_bytes = 0;     // of its own networks that stay for the whole stage
  std::int64_t activation_bytes = 0;  // streamed-in weights count here
  std::int64_t workspace_bytes = 0;
  std::int64_t peak_bytes = 0;  // worst moment of all three together
  std::int64_t host_bytes = 0;  // held outside of the device's memory: planes, a decoder on the CPU
  // The same weights and peak of a card's caching allocator, which holds more than it hands out:
  // what is handed out, and the part in the pool of small requests, which is no use to others.
  struct Part {
    std::int64_t weights_bytes = 0;
    std::int64_t peak_bytes = 0;
  };
  Part in_use{};
  Part small{};
};

// Weights of one network that stay on the device, while it is there: as the device gives them, as
// they are handed out, and in the pool of small requests.
struct HeldWeights {
  std::int64_t bytes = 0;
  std::int64_t in_use_bytes = 0;
  std::int64_t small_bytes = 0;
  HeldWeights& operator+=(const HeldWeights& other) {
    bytes += other.bytes;
    in_use_bytes += other.in_use_bytes;
    small_bytes += other.small_bytes;
    return *this;
  }
};

// The least that a plan must keep off the device, however much memory there is: what a person asked
// for by name, see offload_floor(). Everything at its default: nothing.
struct PlanFloor {
  int stream_blocks = 0;              // so many blocks are streamed, or more
  bool stream_encoder = false;        // the text encoder's layers are streamed
  IdSet<NetworkId> only_when_used{};  // these are there only in the stages that use them
  [[nodiscard]] bool allows(const ExecutionOptions& execution) const;
  friend bool operator==(const PlanFloor&, const PlanFloor&) = default;
};

// Those of a run that starts from noise.
[[nodiscard]] constexpr IdSet<Stage> usual_stages() {
  IdSet<Stage> stages;
  for (const WorkStage& work : kWorkStages) {
    if (has_stage(RunShape{}, work.stage)) stages.add(work.stage);
  }
  return stages;
}

// What the plans of one request are chosen from.
struct PlanSpace {
  Stage from =
      Stage::kLoad;  // stages before it are over: a run that goes on needs nothing for them
  IdSet<Stage> stages = usual_stages();  // of kWorkStages, that the run goes through
  int layers = 0;       // main layers of the transformer: stream_blocks is 0 .. layers
  bool guided = false;  // sequential_guidance makes a difference
  bool can_decode_on_cpu = true;
  bool can_be_packed = false;    // packed_weights makes a difference
  std::vector<int> chunk_sizes;  // descending, without 0
  std::vector<int> tile_sizes;   // descending, without 0
  PlanFloor floor;               // plans below it are none; its stream_blocks is 0 .. layers
  // That a step reads of the weight files when so many blocks are streamed: 0 .. layers, or none
  // for no matter how many. Blocks may be stored otherwise than each other.
  std::vector<std::int64_t> streamed_file_bytes;
  bool files_are_cached = true;  // and finds in memory, not on the disk
};

// Needs and times of one request on one device, by option. The planner asks, up to thousands of
// times for one plan, so answers should be at hand or arithmetic; they must not change while it
// does. Nothing is taken for granted of how they grow.
class PlanCosts {
 public:
  virtual ~PlanCosts() = default;
  // Of a stage of the run, one of kWorkStages. Depends on the options of its choice alone; a
  // network that works on the host has no weights.
  virtual StageNeed need(Stage stage, const ExecutionOptions& execution) = 0;
  // What a network holds while it is there; a part of the need of each stage that uses it. Depends
  // on the options of these stages' choice alone.
  virtual HeldWeights weights(NetworkId network, const ExecutionOptions& execution) = 0;
  // Predicted seconds of `stage` under `execution`, copies included; any positive unit when the
  // device is not known yet, only the order counts then. Finite and not negative. A stage's seconds
  // depend on what its need depends on and on the two evictions; those of decode also on whether
  // anything is streamed at all, those of load on all options but sequential_guidance and
  // chunk_tokens. `files_are_cached` as in PlanSpace.
  virtual double seconds(Stage stage, const ExecutionOptions& execution, bool files_are_cached) = 0;
};

}  // namespace headroom
