#pragma once
#include "headroom/core/plan.h"
#include "headroom/core/run_shape.h"
#include "headroom/memory/networks.h"

#include <cstdint>
#include <vector>

namespace headroom {

// What one stage needs on the device when it runs alone: the networks that it uses and its
// activations, including the inputs from earlier stages, but none of the other networks.
struct StageNeed {
  std::int64_t weights_bytes = 0;     // its own networks, as far as they stay for the whole stage
  std::int64_t activation_bytes = 0;  // streamed-in weights count here
  std::int64_t workspace_bytes = 0;
  std::int64_t peak_bytes = 0;  // largest sum of the three at one moment
  // Outside of the device's memory: planes of strip decoding, a decoder on the CPU.
  std::int64_t host_bytes = 0;
  // Weights and peak again for a GPU's caching allocator, which reserves more than it hands out:
  // the part that is handed out, and the part in the pool of small requests, which larger requests
  // cannot use.
  struct Part {
    std::int64_t weights_bytes = 0;
    std::int64_t peak_bytes = 0;
  };
  Part in_use{};
  Part small{};
};

// Weights of one network that stay on the device while it is there: as reserved, as handed out,
// and the part in the pool of small requests.
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

// What a plan must keep off the device at least, however much memory there is, because a person
// asked for it by name, see offload_floor(). The defaults demand nothing.
struct PlanFloor {
  int stream_blocks = 0;              // at least this many blocks are streamed
  bool stream_encoder = false;        // the text encoder's layers are streamed
  IdSet<NetworkId> only_when_used{};  // these networks are resident only in stages that use them
  [[nodiscard]] bool allows(const ExecutionOptions& execution) const;
  friend bool operator==(const PlanFloor&, const PlanFloor&) = default;
};

// The stages of a run that starts from noise.
[[nodiscard]] constexpr IdSet<Stage> usual_stages() {
  IdSet<Stage> stages;
  for (const WorkStage& work : kWorkStages) {
    if (has_stage(RunShape{}, work.stage)) stages.add(work.stage);
  }
  return stages;
}

// The alternatives that a request's plan is chosen from.
struct PlanSpace {
  Stage from = Stage::kLoad;             // earlier stages are over and need nothing
  IdSet<Stage> stages = usual_stages();  // which of kWorkStages the run goes through
  int layers = 0;       // main layers of the transformer: stream_blocks is 0 .. layers
  bool guided = false;  // sequential_guidance makes a difference
  bool can_decode_on_cpu = true;
  bool can_be_packed = false;    // packed_weights makes a difference
  std::vector<int> chunk_sizes;  // descending, without 0
  std::vector<int> tile_sizes;   // descending, without 0
  PlanFloor floor;               // plans must satisfy it; its stream_blocks is 0 .. layers
  // Bytes that a step reads from the weight files when 0 .. layers blocks are streamed, indexed by
  // that number; empty when it reads none. Blocks may differ in size.
  std::vector<std::int64_t> streamed_file_bytes;
  bool files_are_cached = true;  // these reads come from memory, not from the disk
  friend bool operator==(const PlanSpace&, const PlanSpace&) = default;
};

class FoundPlans;

// Needs and seconds of one request on one device, by options. The planner may ask thousands of
// times for one plan, so answers should be stored or computed quickly, and must not change
// meanwhile. The planner assumes nothing about how they grow.
class PlanCosts {
 public:
  virtual ~PlanCosts() = default;
  // What a stage of the run, one of kWorkStages, needs. Depends only on the options of its choice.
  // A network that works on the host has no weights.
  virtual StageNeed need(Stage stage, const ExecutionOptions& execution) = 0;
  // What a network holds while it is resident; each stage that uses it includes this in its need.
  // Depends only on the options of these stages' choice.
  virtual HeldWeights weights(NetworkId network, const ExecutionOptions& execution) = 0;
  // Predicted seconds of `stage` under `execution`, copies included. In any positive unit while
  // the device's rates are unknown: only the order counts then. Finite and not negative. A stage's
  // seconds depend on what its need depends on and on the two evictions; those of decode also on
  // whether anything is streamed at all, and those of load on all options but sequential_guidance
  // and chunk_tokens. `files_are_cached` as in PlanSpace.
  virtual double seconds(Stage stage, const ExecutionOptions& execution, bool files_are_cached) = 0;
  // Where searches under these costs keep what they found, until the costs change; null: nowhere.
  [[nodiscard]] virtual FoundPlans* found_plans() { return nullptr; }
};

}  // namespace headroom
