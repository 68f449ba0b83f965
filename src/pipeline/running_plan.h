#pragma once
#include "headroom/core/generator.h"
#include "headroom/core/run_shape.h"
#include "headroom/device/device.h"
#include "headroom/memory/budget.h"
#include "headroom/memory/forecaster.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headroom {

// Keeps one run to a plan that fits: reserves the plan's memory before anything runs. If memory
// still runs out, or other programs need it, the run continues from its last finished step under
// another plan (docs/memory.md, "Reserve, then run"). Used on the thread of the run.
class RunningPlan {
 public:
  // Applies these options to the networks, if they are loaded: what the options do not keep is
  // evicted. `now` is the next stage.
  using Apply = std::function<void(const ExecutionOptions& execution, Stage now)>;

  // For `count` pictures of one shape. All references must outlive the run.
  RunningPlan(const RunShape& shape, int count, const DeviceMemory& memory,
              const BudgetOptions& options, Forecaster& forecaster, ProgressSink& sink,
              Apply apply);
  ~RunningPlan();  // gives back reserved memory that is not in use
  RunningPlan(const RunningPlan&) = delete;
  RunningPlan& operator=(const RunningPlan&) = delete;

  // Chooses a plan, applies it and reserves its memory. If the device refuses, tries the next
  // smaller plan. Throws Error{kOutOfMemory} when none fits.
  void begin();

  // Call before each further picture of the job; its first plan is the present one. True when that
  // differs from the plan that the last picture began with.
  [[nodiscard]] bool begin_next_picture();

  [[nodiscard]] const ExecutionOptions& execution() const { return now_.execution; }
  [[nodiscard]] const Plan& plan() const { return now_.plan; }
  // The plan that the present picture began with, and its changes since.
  [[nodiscard]] const Plan& first_plan() const { return first_plan_; }
  [[nodiscard]] const std::vector<PlanChange>& changes() const { return changes_; }
  // How often the driver was asked for memory since the present plan was adopted.
  [[nodiscard]] std::int64_t driver_allocations() const;

  // Does `work`, a stage or the rest of one. When memory runs out, does it again under a smaller
  // plan. `steps_done()` is asked then: how many denoising steps need not be repeated. Throws
  // Error{kOutOfMemory} when there is no smaller plan, and what else `work` throws.
  template <typename StepsDone, typename Work>
  auto run(Stage stage, const StepsDone& steps_done, const Work& work) {
    count_weights(stage);
    bool is_last_try = false;
    for (;;) {
      Message failure;
      try {
        return work();
      } catch (const std::exception& error) {
        if (!is_out_of_memory(error)) throw;
        failure = message_of(error);
      }
      // By now the tensors of the failed attempt are destroyed.
      const int steps = steps_done();
      std::optional<Forecast> smaller = smaller_plan(stage, steps);
      // No plan is smaller, but what was in the way may be gone: try the same plan once more.
      if (!smaller && std::exchange(is_last_try, true)) throw out_of_plans(stage, failure);
      adopt(smaller ? *std::move(smaller) : now_, stage, steps, failure);
    }
  }

  // Asked after a denoising step: whether the rest of the run should have another plan, because
  // others took memory that the present one needs, or gave back enough for a much faster one.
  [[nodiscard]] bool wants_change(int steps_done);
  // Adopts the plan that wants_change() found.
  void change(int steps_done);

 private:
  [[nodiscard]] std::int64_t need_from(Stage stage) const;
  [[nodiscard]] RunLeft left_from(Stage stage, int steps_done) const;
  [[nodiscard]] bool is_smaller(const Forecast& other, Stage stage) const;
  // A smaller plan for the rest of the run from `stage` on; nothing when there is none.
  [[nodiscard]] std::optional<Forecast> smaller_plan(Stage stage, int steps_done) const;
  [[nodiscard]] static Error out_of_plans(Stage stage, const Message& failure);
  void adopt(Forecast forecast, Stage stage, int steps_done, const Message& reason);
  [[nodiscard]] MemorySnapshot read_running() const;
  // Tells the device how much of the memory in use will be weights.
  void count_weights(Stage stage) const;
  void limit_to(std::int64_t budget);
  // Reserves the memory of `now_`; false when the device refuses.
  [[nodiscard]] bool reserve();

  const RunShape shape_;
  const int count_;
  const DeviceMemory& memory_;
  const BudgetOptions& options_;
  Forecaster& forecaster_;
  ProgressSink& sink_;
  const Apply apply_;
  Forecast now_;
  Stage planned_from_ = Stage::kLoad;  // now_ does not include earlier stages
  Plan first_plan_;
  std::vector<PlanChange> changes_;
  std::int64_t considered_budget_ = 0;  // budget for which a plan was last looked for
  std::optional<Forecast> next_;
  Message next_reason_;
};

}  // namespace headroom
