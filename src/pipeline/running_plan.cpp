#include "running_plan.h"

#include "headroom/core/bytes.h"

#include <algorithm>
#include <utility>

namespace headroom {
namespace {

// A new plan must need at least this much less to be worth trying.
constexpr std::int64_t smaller_than(std::int64_t bytes) { return bytes - bytes / 16; }

}  // namespace

RunningPlan::RunningPlan(const RunShape& shape, int count, const DeviceMemory& memory,
                         const BudgetOptions& options, Forecaster& forecaster, ProgressSink& sink,
                         Apply apply)
    : shape_(shape),
      count_(count),
      memory_(memory),
      options_(options),
      forecaster_(forecaster),
      sink_(sink),
      apply_(std::move(apply)) {}

RunningPlan::~RunningPlan() {
  try {
    memory_.device().backend->let_go();
  } catch (const std::exception&) {
    // A failed GPU cannot be asked any more; the error that says why is already on its way up.
  }
}

void RunningPlan::begin() {
  now_ = forecaster_.forecast(shape_, count_, memory_.read());
  while (now_.fits) {
    apply_(now_.execution, Stage::kLoad);
    if (reserve()) {
      first_plan_ = now_.plan;
      considered_budget_ = compute_budget(read_running(), options_).budget_bytes;
      sink_.on_plan(now_.plan);
      return;
    }
    RunLeft left = left_from(Stage::kLoad, 0);
    left.below_bytes = smaller_than(now_.plan.peak_bytes);
    now_ = forecaster_.replan(shape_, count_, memory_.read(), left);
  }
  if (!now_.reason.empty()) throw Error(ErrorKind::kOutOfMemory, now_.reason);
  throw Error(ErrorKind::kOutOfMemory,
              say("the device refused the {0} that the smallest plan needs; close other programs",
                  format_bytes(now_.plan.peak_bytes)));
}

bool RunningPlan::begin_next_picture() {
  if (planned_from_ > Stage::kDenoise) {
    // A plan for the rest of the last picture does not include the earlier stages of the next one.
    adopt(forecaster_.replan(shape_, count_, memory_.read(), left_from(Stage::kDenoise, 0)),
          Stage::kDenoise, 0, say("the next picture needs the transformer again"));
  }
  const bool changed = !changes_.empty();
  first_plan_ = now_.plan;
  changes_.clear();
  return changed;
}

bool RunningPlan::reserve() {
  DeviceBackend& device = *memory_.device().backend;
  limit_to(now_.budget.budget_bytes);
  const DeviceUse use = device.use();
  if (use.weights + use.activations + use.cached > now_.plan.peak_bytes) {
    device.release_cached();
  }
  try {
    device.reserve(now_.plan.peak_bytes, now_.plan.small_pool_bytes);
  } catch (const std::exception& error) {
    if (!is_out_of_memory(error)) throw;
    return false;
  }
  return true;
}

// Code that is loaded during the first run must not count against it, since extra memory was kept
// free for that.
MemorySnapshot RunningPlan::read_running() const {
  MemorySnapshot snapshot = memory_.read();
  snapshot.overhead_is_known = true;
  return snapshot;
}

// Memory that is held already may still be used, even when others want more than is left.
void RunningPlan::limit_to(std::int64_t budget) {
  // Slack, since libtorch sometimes wraps a number in a tensor; a picture must not fail for that.
  constexpr std::int64_t kUnseen = 1024;
  memory_.device().backend->limit(std::max(budget, now_.plan.peak_bytes + kUnseen));
}

std::int64_t RunningPlan::driver_allocations() const {
  return memory_.device().backend->driver_allocations();
}

std::int64_t RunningPlan::need_from(Stage stage) const {
  std::int64_t need = 0;
  for (const StagePlan& part : now_.plan.stages) {
    if (part.stage >= stage) need = std::max(need, part.peak_bytes);
  }
  return need;
}

RunLeft RunningPlan::left_from(Stage stage, int steps_done) const {
  RunLeft left;
  left.from = stage;
  left.steps = shape_.steps - steps_done;
  return left;
}

bool RunningPlan::is_smaller(const Forecast& other, Stage stage) const {
  return other.plan.peak_bytes < need_from(stage);
}

bool RunningPlan::wants_change(int steps_done) {
  const MemorySnapshot snapshot = read_running();
  const std::int64_t budget = compute_budget(snapshot, options_).budget_bytes;
  const std::int64_t need = need_from(Stage::kDenoise);
  limit_to(budget);
  if (budget < need) {
    if (budget == considered_budget_) return false;
    considered_budget_ = budget;
    Forecast found =
        forecaster_.replan(shape_, count_, snapshot, left_from(Stage::kDenoise, steps_done));
    // The memory that is held stays ours, so the smallest plan is used even if nothing fits.
    if (!found.fits && !is_smaller(found, Stage::kDenoise)) return false;
    next_ = std::move(found);
    next_reason_ = say("other programs took memory: {0} can be used now, the plan needed {1}",
                       format_bytes(std::max<std::int64_t>(budget, 0)), format_bytes(need));
    return true;
  }
  if (budget < considered_budget_ + considered_budget_ / 8) return false;
  considered_budget_ = budget;
  RunLeft left = left_from(Stage::kDenoise, steps_done);
  left.faster_than = now_.execution;
  Forecast found = forecaster_.replan(shape_, count_, snapshot, left);
  if (!found.fits || found.execution == now_.execution) return false;
  next_ = std::move(found);
  next_reason_ = say("memory became free: {0} can be used now", format_bytes(budget));
  return true;
}

void RunningPlan::change(int steps_done) {
  if (!next_) return;
  Forecast next = std::move(*next_);
  next_.reset();
  adopt(std::move(next), Stage::kDenoise, steps_done, next_reason_);
}

std::optional<Forecast> RunningPlan::smaller_plan(Stage stage, int steps_done) const {
  RunLeft left = left_from(stage, steps_done);
  left.below_bytes = smaller_than(need_from(stage));
  Forecast smaller = forecaster_.replan(shape_, count_, memory_.read(), left);
  if (!smaller.fits && !is_smaller(smaller, stage)) return std::nullopt;
  return smaller;
}

Error RunningPlan::out_of_plans(Stage stage, const Message& failure) {
  return {ErrorKind::kOutOfMemory,
          say("memory ran out in the stage \"{0}\" under the smallest plan there is ({1}); close "
              "other programs or choose a smaller size",
              say_stage(stage), failure)};
}

void RunningPlan::count_weights(Stage stage) const {
  if (const StagePlan* const part = find_stage(now_.plan, stage)) {
    memory_.device().backend->count_as_weights(part->weights_bytes);
  }
}

void RunningPlan::adopt(Forecast forecast, Stage stage, int steps_done, const Message& reason) {
  now_ = std::move(forecast);
  planned_from_ = stage;
  apply_(now_.execution, stage);
  count_weights(stage);
  // If the device refuses, the memory may still be enough; if it is not, run() calls this again.
  static_cast<void>(reserve());
  changes_.push_back({stage, steps_done, reason.english(), now_.plan.execution, need_from(stage)});
  sink_.on_plan(now_.plan);
  std::vector<Message> execution;
  for (const std::string& option : now_.plan.execution) execution.push_back(say_option(option));
  sink_.on_notice({Notice::Kind::kPlanChanged,
                   say("{0}; the run goes on with: {1}", reason, say_list(execution))});
}

}  // namespace headroom
