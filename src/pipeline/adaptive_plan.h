#pragma once
#include "headroom/core/generator.h"
#include "headroom/core/run_shape.h"
#include "headroom/device/device.h"
#include "headroom/memory/budget.h"
#include "headroom/memory/forecast.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headroom {

// Keeps one run to a plan that fits: takes hold of the plan's memory before anything runs, and when
// memory does not keep to the plan all the same, lets the run go on from its last finished step
// under another one (docs/memory.md, "Reserve, then run"). Used on the thread of the run.
class AdaptivePlan {
 public:
  // Makes the networks, where they are open already, leave what these options do not keep from the
  // stage `now` on.
  using Apply = std::function<void(const ExecutionOptions& execution, Stage now)>;

  // Of `count` pictures of one shape. All references must outlive the run.
  AdaptivePlan(const RunShape& shape, int count, const DeviceMemory& memory,
               const BudgetOptions& options, Forecaster& forecaster, ProgressSink& sink,
               Apply apply);
  ~AdaptivePlan();  // lets go of the memory that the run does not use
  AdaptivePlan(const AdaptivePlan&) = delete;
  AdaptivePlan& operator=(const AdaptivePlan&) = delete;

  // Chooses the plan, applies it, and takes hold of its memory; where that is refused, tries the
  // next smaller plan. Throws Error{kOutOfMemory} when none fits.
  void begin();

  // Before each further picture of the job, whose first plan is the present one. True when that is
  // another plan than the last picture began with.
  [[nodiscard]] bool begin_next_picture();

  [[nodiscard]] const ExecutionOptions& execution() const { return now_.execution; }
  [[nodiscard]] const Plan& plan() const { return now_.plan; }
  // That the present picture began with, and what became of it.
  [[nodiscard]] const Plan& first_plan() const { return first_plan_; }
  [[nodiscard]] const std::vector<PlanChange>& changes() const { return changes_; }
  // How often the driver was asked for memory since the plan in force began.
  [[nodiscard]] std::int64_t driver_allocations() const;

  // Does `work`, a stage of the run or what is left of it; when memory runs out, again under a
  // smaller plan. `steps_done()`, asked then: how many denoising steps need not be done again.
  // Throws Error{kOutOfMemory} when there is no smaller plan, and what else `work` throws.
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
      // The tensors of the failed attempt are destroyed by now.
      const int steps = steps_done();
      std::optional<Forecast> smaller = smaller_plan(stage, steps);
      // There is nothing smaller. What was in the way may have gone: once more, then no more.
      if (!smaller && std::exchange(is_last_try, true)) throw out_of_plans(stage, failure);
      adopt(smaller ? *std::move(smaller) : now_, stage, steps, failure);
    }
  }

  // After a denoising step: whether the free memory asks for another plan for what is left, because
  // others took memory that the present one needs or gave enough back for a much faster one.
  [[nodiscard]] bool wants_change(int steps_done);
  // Goes over to the plan that wants_change() found.
  void change(int steps_done);

 private:
  [[nodiscard]] std::int64_t need_from(Stage stage) const;
  [[nodiscard]] RunLeft left_from(Stage stage, int steps_done) const;
  [[nodiscard]] bool is_smaller(const Forecast& other, Stage stage) const;
  // For what is left from `stage` on; nothing when there is none that is smaller.
  [[nodiscard]] std::optional<Forecast> smaller_plan(Stage stage, int steps_done) const;
  [[nodiscard]] static Error out_of_plans(Stage stage, const Message& failure);
  void adopt(Forecast forecast, Stage stage, int steps_done, const Message& reason);
  [[nodiscard]] MemorySnapshot read_running() const;
  // Tells the device how much of what is in use will be weights.
  void count_weights(Stage stage) const;
  void limit_to(std::int64_t budget);
  // Takes hold of `now_`'s memory; false when the device refuses.
  [[nodiscard]] bool take_hold();

  const RunShape shape_;
  const int count_;
  const DeviceMemory& memory_;
  const BudgetOptions& options_;
  Forecaster& forecaster_;
  ProgressSink& sink_;
  const Apply apply_;
  Forecast now_;
  Stage planned_from_ = Stage::kLoad;  // earlier stages are not in now_
  Plan first_plan_;
  std::vector<PlanChange> changes_;
  std::int64_t considered_budget_ = 0;  // the last that a plan was looked for
  std::optional<Forecast> next_;
  Message next_reason_;
};

}  // namespace headroom
