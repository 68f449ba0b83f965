#pragma once
#include "headroom/memory/allocator_conf.h"
#include "headroom/memory/caching_allocator_model.h"
#include "headroom/memory/plan_space.h"
#include "headroom/memory/time_model.h"
#include "headroom/model_files/weight_cache.h"

#include "dry_run.h"
#include "stage_time.h"
#include "trace_extrapolation.h"

#include <array>
#include <compare>
#include <map>
#include <memory>
#include <optional>

namespace headroom {

// Which allocator an allocation trace is read through.
struct AllocatorModel {
  bool card = false;  // libtorch's caching allocator of a card, else the CPU budget's
  CachingAllocatorSettings caching;
  // On a card peak_bytes is what the driver has to give, the allocator's own rounding included.
  [[nodiscard]] TracePeaks peaks(const AllocationTrace& allocations) const;
  // In what units the driver is asked: of the large and of the small pool.
  [[nodiscard]] std::int64_t large_unit() const;
  [[nodiscard]] std::int64_t small_unit() const { return card ? kSmallSegment : 1; }
};

[[nodiscard]] AllocatorModel allocator_of(const Device& device);

// Answers the planner's questions about runs of one model on one device, by dry run; remembers the
// answers. Not thread-safe.
class RequestCosts {
 public:
  RequestCosts(const ModelFolder& model, NumberFormats formats, AllocatorModel allocator,
               PlanFloor floor = {}, WorkspaceTerms workspace = {},
               const std::optional<WeightCache>& weight_cache = {},
               std::shared_ptr<const Adapters> adapters = nullptr);

  // The answers for runs of one shape, for as long as this object lives.
  class ForShape final : public PlanCosts {
   public:
    ForShape(RequestCosts& all, const RunShape& shape, const TimeModel& times);
    [[nodiscard]] const PlanSpace& space() const { return space_; }
    StageNeed need(Stage stage, const ExecutionOptions& execution) override;
    HeldWeights weights(NetworkId network, const ExecutionOptions& execution) override;
    // For choosing between plans: what stays on the device is loaded once for many pictures and so
    // costs nothing.
    double seconds(Stage stage, const ExecutionOptions& execution, bool files_are_cached) override;
    // For showing: of one picture when the device already holds `held_bytes` of the
    // `needed_bytes` of weights that the run begins with. For a stage that no run has measured yet
    // what the device's rates say, 0 where they were not measured either: a guess from round
    // figures is good for choosing only.
    [[nodiscard]] std::array<double, kStageCount> shown_seconds(const ExecutionOptions& execution,
                                                                bool files_are_cached,
                                                                std::int64_t held_bytes,
                                                                std::int64_t needed_bytes);

   private:
    [[nodiscard]] double reload(const ExecutionOptions& execution) const;

    RequestCosts& all_;
    DryRunRequest what_;
    PlanSpace space_;
    const TimeModel& times_;
    const DeviceRates rates_;  // as the device was measured, but copies as runs measured them
    StageTimeEstimate estimate_;
  };

  [[nodiscard]] const NetworkSizes& sizes() const { return sizes_; }
  // From round figures until this is called.
  void use_measured(const DeviceRates& rates);
  void use_calibration(const WorkspaceTerms& workspace);
  [[nodiscard]] const DeviceRates& rates() const { return rates_; }
  [[nodiscard]] bool rates_are_measured() const { return rates_are_measured_; }
  [[nodiscard]] const NumberFormats& formats() const { return formats_; }

 private:
  // Everything that a stage's need depends on; what makes no difference to it is left at 0.
  struct Key {
    Stage stage = Stage::kEncode;
    RunShape shape;  // with the area as its width, where the two sides do not matter one by one
    ExecutionOptions execution;  // but for stream_blocks:
    ShortNetwork network;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  // `bytes` of the networks' sizes.
  template <typename Bytes>
  [[nodiscard]] HeldWeights held(const Bytes& bytes) const {
    return {bytes(sizes_), bytes(sizes_in_use_), bytes(sizes_small_)};
  }
  // What stays of one network, and of all that a stage uses, each while it is there.
  [[nodiscard]] HeldWeights resident(NetworkId network, const ExecutionOptions& execution) const;
  [[nodiscard]] HeldWeights resident(Stage stage, const ExecutionOptions& execution) const;
  // Of these, what is missing in a dry run with the layers of `kept`.
  [[nodiscard]] HeldWeights left_out_of(Stage stage, const ExecutionOptions& execution,
                                        const ShortNetwork& kept) const;
  // What the networks hold when they are loaded, one after the other.
  [[nodiscard]] NetworkSizes measured(std::int64_t TracePeaks::*part) const;
  [[nodiscard]] ShortNetwork short_network_of(Stage stage, const ExecutionOptions& execution) const;
  [[nodiscard]] StageNeed with_weights(StageNeed need, HeldWeights stays) const;
  [[nodiscard]] Key key_of(Stage stage, const RunShape& shape,
                           const ExecutionOptions& execution) const;
  StageNeed need(Stage stage, const DryRunRequest& what);
  // Of one stage, shortened as by dry_run_short_stage().
  AllocationTrace allocations(Stage stage, const DryRunRequest& what);

  const ModelFolder model_;
  const NumberFormats formats_;
  const AllocatorModel allocator_;
  const PlanFloor floor_;
  const std::shared_ptr<const Adapters> adapters_;  // null = none
  workspace::KernelSet kernels_;
  const NetworkSizes sizes_;         // as the device gives them,
  const NetworkSizes sizes_in_use_;  // as they are handed out,
  const NetworkSizes sizes_small_;   // and in the pool of small requests
  const std::vector<std::int64_t>
      file_bytes_;  // that a step reads when so many blocks are streamed
  // With plain and with packed weights, and so many streamed blocks.
  std::array<std::vector<ShortNetwork>, 2> short_transformers_;
  DeviceRates rates_;
  bool rates_are_measured_ = false;
  std::map<Key, StageNeed> known_;
  std::map<std::vector<std::int64_t>, TraceExtrapolation> families_;
};

}  // namespace headroom
