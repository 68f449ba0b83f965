#pragma once
#include "headroom/memory/allocator_conf.h"
#include "headroom/memory/caching_allocator_model.h"
#include "headroom/memory/found_plans.h"
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

// The allocator model that traces are read through.
struct AllocatorModel {
  bool card = false;  // libtorch's caching allocator of a GPU, else the CPU budget's
  CachingAllocatorSettings caching;
  // On a GPU, peak_bytes is what the driver has to give, including the allocator's rounding.
  [[nodiscard]] TracePeaks peaks(const AllocationTrace& allocations) const;
  // Unit of requests to the driver, for the large and for the small pool.
  [[nodiscard]] std::int64_t large_unit() const;
  [[nodiscard]] std::int64_t small_unit() const { return card ? kSmallSegment : 1; }
};

[[nodiscard]] AllocatorModel allocator_of(const Device& device);

// The planner's costs for runs of one model on one device, by dry run; answers are cached. Not
// thread-safe.
class RequestCosts {
 public:
  RequestCosts(const ModelFolder& model, RunFormats formats, AllocatorModel allocator,
               PlanFloor floor = {}, WorkspaceTerms workspace = {},
               const std::optional<WeightCache>& weight_cache = {},
               std::shared_ptr<const OpenedLoras> opened_loras = nullptr);

  // The costs of runs of one shape. Valid as long as the RequestCosts.
  class ForShape final : public PlanCosts {
   public:
    ForShape(RequestCosts& all, const RunShape& shape, const TimeModel& times);
    [[nodiscard]] const PlanSpace& space() const { return space_; }
    StageNeed need(Stage stage, const ExecutionOptions& execution) override;
    HeldWeights weights(NetworkId network, const ExecutionOptions& execution) override;
    // For comparing plans: what stays on the device is loaded once for many pictures, so that it
    // costs nothing here.
    double seconds(Stage stage, const ExecutionOptions& execution, bool files_are_cached) override;
    [[nodiscard]] FoundPlans* found_plans() override { return &all_.found_plans(what_.shape); }
    // For showing: the seconds of one picture when the device already holds `held_bytes` of the
    // `needed_bytes` of weights that the run begins with. For a stage that no run has measured,
    // the device's measured rates decide; 0 if there are none, since an estimate from round
    // figures is good only for comparing plans.
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
    const DeviceRates rates_;  // measured, except copies: those are as runs measured them
    StageTimeEstimate estimate_;
  };

  [[nodiscard]] const NetworkSizes& sizes() const { return sizes_; }
  // Until this is called, round figures are used.
  void use_measured(const DeviceRates& rates);
  void use_calibration(const WorkspaceTerms& workspace);
  // To be called when the TimeModel of any ForShape has learnt.
  void forget_plans() { found_plans_.clear(); }
  [[nodiscard]] const DeviceRates& rates() const { return rates_; }
  [[nodiscard]] bool rates_are_measured() const { return rates_are_measured_; }
  [[nodiscard]] const RunFormats& formats() const { return formats_; }

 private:
  // Everything that a stage's need depends on; fields that do not matter are left at 0.
  struct Key {
    Stage stage = Stage::kEncode;
    RunShape shape;              // if the sides do not matter separately, width is the area
    ExecutionOptions execution;  // except stream_blocks:
    ShortNetwork network;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  // Sums `bytes` of the networks' sizes.
  template <typename Bytes>
  [[nodiscard]] HeldWeights held(const Bytes& bytes) const {
    return {bytes(sizes_), bytes(sizes_in_use_), bytes(sizes_small_)};
  }
  // Resident weights of one network, and of all that a stage uses.
  [[nodiscard]] HeldWeights resident(NetworkId network, const ExecutionOptions& execution) const;
  [[nodiscard]] HeldWeights resident(Stage stage, const ExecutionOptions& execution) const;
  // The part of these that is missing in a dry run with the layers of `kept`.
  [[nodiscard]] HeldWeights left_out_of(Stage stage, const ExecutionOptions& execution,
                                        const ShortNetwork& kept) const;
  // Loads the networks one after the other and reads one part of their peaks.
  [[nodiscard]] NetworkSizes measured(std::int64_t TracePeaks::*part) const;
  [[nodiscard]] ShortNetwork short_network_of(Stage stage, const ExecutionOptions& execution) const;
  [[nodiscard]] StageNeed with_weights(StageNeed need, HeldWeights stays) const;
  [[nodiscard]] bool depends_on_sides(Stage stage, const RunShape& shape,
                                      const ExecutionOptions& execution) const;
  [[nodiscard]] Key key_of(Stage stage, const RunShape& shape,
                           const ExecutionOptions& execution) const;
  StageNeed need(Stage stage, const DryRunRequest& what);
  // Valid until it is called for another shape.
  [[nodiscard]] FoundPlans& found_plans(const RunShape& shape);
  // Records one stage, shortened as by dry_run_short_stage().
  AllocationTrace allocations(Stage stage, const DryRunRequest& what);

  const ModelFolder model_;
  const RunFormats formats_;
  const AllocatorModel allocator_;
  const PlanFloor floor_;
  const std::shared_ptr<const OpenedLoras> opened_loras_;  // null = none
  workspace::KernelSet kernels_;
  const NetworkSizes sizes_;         // as the device reserves them,
  const NetworkSizes sizes_in_use_;  // as they are handed out,
  const NetworkSizes sizes_small_;   // and in the pool of small requests
  // Bytes that a step reads when 0, 1, .. blocks are streamed.
  const std::vector<std::int64_t> file_bytes_;
  // Indexed by whether weights are packed, then by the number of streamed blocks.
  std::array<std::vector<ShortNetwork>, 2> short_transformers_;
  DeviceRates rates_;
  bool rates_are_measured_ = false;
  std::map<Key, StageNeed> known_;
  std::map<RunShape, FoundPlans> found_plans_;
  std::map<std::vector<std::int64_t>, TraceExtrapolation> families_;
};

}  // namespace headroom
