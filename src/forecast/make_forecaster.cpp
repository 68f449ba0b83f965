#include "headroom/forecast/make_forecaster.h"

#include "headroom/core/bytes.h"
#include "headroom/core/sum_figures.h"
#include "headroom/memory/option_effects.h"
#include "headroom/memory/suggest.h"
#include "headroom/memory/time_model.h"
#include "headroom/pipeline/make_generator.h"
#include "headroom/pipeline/run_formats.h"
#include "headroom/pipeline/thread_count.h"

#include "request_costs.h"
#include "stage_time.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

namespace headroom {
namespace {

Message in_words(const Shortage& amounts) {
  return say("needs {0} of memory, {1} can be used now ({2} short)", amounts.needed,
             amounts.available, amounts.missing);
}

Message overdrawn(std::int64_t needed_bytes, std::int64_t beyond_bytes) {
  const SumFigures figures(needed_bytes, {needed_bytes, beyond_bytes});
  const long long needed = figures.units(needed_bytes);
  const long long beyond = std::max(1LL, figures.units(beyond_bytes));
  return say("needs {0} of memory, and {1} more than may be used are taken already ({2} short)",
             figures.with_unit(needed), figures.with_unit(beyond),
             figures.with_unit(needed + beyond));
}

class DryRunForecaster final : public Forecaster {
 public:
  explicit DryRunForecaster(PipelineOptions options)
      : options_(std::move(options)),
        costs_(options_.model, choose_formats(options_.dtype, options_.device),
               allocator_of(options_.device), options_.floor, options_.workspace,
               options_.weight_cache, options_.opened_loras) {}

  Forecast forecast(const RunShape& shape, int count, const MemorySnapshot& snapshot) override {
    Forecast forecast;
    forecast.budget = compute_budget(snapshot, options_.budget);
    const std::int64_t budget = forecast.budget.budget_bytes;

    const std::scoped_lock lock(mutex_);
    know_device();
    RequestCosts::ForShape costs(costs_, shape, times_);
    PlanSpace space = costs.space();
    const std::optional<HostMemory> host = host_memory(snapshot);
    const std::optional<PlanCandidate> chosen =
        choose_plan(space, costs, budget, host, options_.low_vram);
    if (!chosen) space = costs.space();
    const PlanCandidate candidate = chosen ? *chosen : closest_plan(space, costs, budget, host);
    const StageNeed& first = candidate.stages[static_cast<std::size_t>(Stage::kEncode)];
    forecast.plan = describe(shape, count, candidate,
                             costs.shown_seconds(candidate.execution, space.files_are_cached,
                                                 snapshot.weights, first.weights_bytes),
                             space, costs);
    forecast.execution = candidate.execution;
    if (const double resident = compose(ExecutionOptions{}, space, costs).seconds; resident > 0)
      forecast.slowdown = candidate.seconds / resident;
    forecast.fits = chosen.has_value();
    if (!forecast.fits) refuse(forecast, shape, host);
    return forecast;
  }

  Forecast replan(const RunShape& shape, int count, const MemorySnapshot& snapshot,
                  const RunLeft& left) override {
    Forecast forecast;
    forecast.budget = compute_budget(snapshot, options_.budget);
    const std::int64_t budget = std::min(forecast.budget.budget_bytes, left.below_bytes - 1);

    const std::scoped_lock lock(mutex_);
    know_device();
    RequestCosts::ForShape costs(costs_, with_steps_left(shape, left.steps), times_);
    PlanSpace space = costs.space();
    space.from = left.from;
    const std::optional<PlanCandidate> chosen =
        choose_plan(space, costs, budget, host_memory(snapshot), options_.low_vram);
    const PlanCandidate candidate = chosen ? *chosen : smallest_plan(space, costs);
    std::array<double, kStageCount> seconds{};
    for (int i = 0; i < kStageCount; ++i) {
      seconds[static_cast<std::size_t>(i)] =
          costs.seconds(static_cast<Stage>(i), candidate.execution, space.files_are_cached);
    }
    forecast.plan = describe(shape, count, candidate, seconds, space, costs);
    forecast.execution = candidate.execution;
    forecast.fits = chosen.has_value();
    if (!forecast.fits) forecast.shortfall_bytes = candidate.peak_bytes - budget;
    if (left.faster_than) {
      // A change costs an upload, so the gain must be clear.
      constexpr double kClearlyFaster = 0.9;
      forecast.fits =
          forecast.fits &&
          candidate.seconds < kClearlyFaster * compose(*left.faster_than, space, costs).seconds;
    }
    return forecast;
  }

  Frontier frontier(const RunShape& shape, const MemorySnapshot& snapshot, int step, int max,
                    const std::function<void()>& between) override {
    const std::int64_t budget = compute_budget(snapshot, options_.budget).budget_bytes;
    return compute_frontier(step, max, [&](Size size) {
      if (between) between();
      // Per size, so that a run that begins need not wait for the whole table.
      const std::scoped_lock lock(mutex_);
      know_device();
      RequestCosts::ForShape costs(costs_, with_size(shape, size), times_);
      return judge_size(size, costs.space(), costs, budget, host_memory(snapshot),
                        options_.low_vram);
    });
  }

  bool learn(const RunRecord& run_record) override {
    const std::optional<ExecutionOptions> execution = read_option_names(run_record.plan.execution);
    // A run that changed its plan has mixed times, which fit neither plan. A model of the same
    // name may have had another number of layers.
    if (!execution || execution->stream_blocks > options_.model.transformer.n_layers ||
        !run_record.changes.empty() || run_record.model != options_.model.info.name ||
        run_record.device != options_.device.name ||
        run_record.device_uuid != options_.device.uuid ||
        run_record.dtype != choose_formats(options_.dtype, options_.device).name ||
        run_record.threads != resolve_threads(options_.threads)) {
      return false;
    }
    const std::scoped_lock lock(mutex_);
    if (device_is_known_) {
      const bool is_first = !times_.knows(Stage::kDenoise);
      learn_known(run_record, *execution);
      if (is_first) judge_rates(run_record);
    } else {
      unlearned_.push_back(run_record);  // reading past runs must not start a measurement
    }
    return true;
  }

 private:
  void learn_known(const RunRecord& run_record, const ExecutionOptions& execution) {
    const bool card = options_.device.backend->has_own_memory();
    // Estimate with this run's own copy rate, so that what is learnt about a stage does not
    // include it.
    DeviceRates rates = costs_.rates();
    if (run_record.copy_bytes_per_second > 0) rates.copy_bytes = run_record.copy_bytes_per_second;
    times_.learn_copies(run_record.copy_bytes_per_second);
    costs_.forget_plans();
    const auto estimate = estimate_seconds(options_.model, costs_.sizes(), costs_.formats(),
                                           run_record.shape, execution, rates, card);
    for (int i = 0; i < kStageCount; ++i) {
      const auto stage = static_cast<Stage>(i);
      const auto k = static_cast<std::size_t>(i);
      if (!has_stage(run_record.shape, stage)) continue;
      // Most of the model was still loaded.
      if (stage == Stage::kLoad && !run_record.opened) continue;
      // The host's speed tells nothing about the GPU.
      if (card && works_on_host(stage, execution)) continue;
      times_.learn(stage, estimate[k], run_record.stage_seconds[k]);
    }
  }

  // Compares the rates with the only run so far. A run of less than a second is dominated by
  // start-up, so it does not tell about the device.
  void judge_rates(const RunRecord& run_record) const {
    constexpr double kFarOff = 2;
    constexpr double kTelling_s = 1;
    if (run_record.stage_seconds[static_cast<std::size_t>(Stage::kDenoise)] < kTelling_s) return;
    const double actual = times_.seconds(Stage::kDenoise, 1);  // actual / estimated seconds
    const bool far_off = actual > kFarOff || actual < 1 / kFarOff;
    if (far_off && times_.knows(Stage::kDenoise) && options_.distrust_rates) {
      options_.distrust_rates();
    }
  }

  // Not before it is needed: measuring a device takes a second, a GPU's first calibration a few.
  // Requires the mutex.
  void know_device() {
    if (std::exchange(device_is_known_, true)) return;
    if (options_.calibration) {
      if (const auto terms = options_.calibration()) costs_.use_calibration(*terms);
    }
    if (options_.rates) {
      if (const auto rates = options_.rates()) costs_.use_measured(*rates);
    }
    for (const RunRecord& run_record : std::exchange(unlearned_, {})) {
      learn_known(run_record, *read_option_names(run_record.plan.execution));
    }
  }

  // The machine's own memory, if the snapshot has it.
  [[nodiscard]] std::optional<HostMemory> host_memory(const MemorySnapshot& snapshot) const {
    if (!snapshot.host_available) return std::nullopt;
    return HostMemory{*snapshot.host_available, !options_.device.backend->has_own_memory()};
  }

  // Fills in what is missing and what would fit.
  void refuse(Forecast& forecast, const RunShape& shape, const std::optional<HostMemory>& host) {
    const std::int64_t budget = forecast.budget.budget_bytes;
    Message missing;
    Message cure = say("close other programs");
    if (forecast.plan.peak_bytes > budget || !host) {
      forecast.shortfall_bytes = forecast.plan.peak_bytes - budget;
      missing = budget < 0 ? overdrawn(forecast.plan.peak_bytes, -budget)
                           : in_words(shortage(forecast.plan.peak_bytes, budget));
      cure = way_out(obstacle_of(forecast.plan.peak_bytes, forecast.budget), forecast.budget);
    } else {
      const std::int64_t available =
          std::max<std::int64_t>(0, host->available_bytes - host_margin(host->available_bytes));
      std::int64_t need = 0;
      for (const StagePlan& stage : forecast.plan.stages)
        need = std::max(need, host_need(stage.host_bytes, stage.peak_bytes, *host));
      forecast.shortfall_bytes = std::max<std::int64_t>(1, need - available);
      const Shortage amounts = shortage(need, available);
      missing = host->holds_device
                    ? in_words(amounts)
                    : say("needs {0} of main memory beside the device's, {1} can be used now",
                          amounts.needed, amounts.available);
    }
    const Size wanted{shape.width, shape.height};
    const auto fits = [&](Size size) {
      RequestCosts::ForShape costs(costs_, with_size(shape, size), times_);
      PlanSpace space = costs.space();
      return choose_plan(space, costs, budget, host).has_value();
    };
    forecast.suggestion = suggest_size(wanted, options_.model.info.size_unit, fits);
    forecast.reason =
        forecast.suggestion
            ? say("{0} {1}; {2} fits", to_string(wanted), missing, to_string(*forecast.suggestion))
            : say("{0} {1}; no size fits, so {2}", to_string(wanted), missing, cure);
  }

  [[nodiscard]] Plan describe(const RunShape& shape, int count, const PlanCandidate& candidate,
                              const std::array<double, kStageCount>& shown, const PlanSpace& space,
                              PlanCosts& costs) const {
    Plan plan;
    plan.width = shape.width;
    plan.height = shape.height;
    plan.count = count;
    plan.execution = option_names(candidate.execution);
    plan.peak_bytes = candidate.peak_bytes;
    plan.in_use_peak_bytes = candidate.in_use_peak_bytes();
    plan.small_pool_bytes = candidate.small_peak_bytes();
    plan.host_peak_bytes = candidate.host_peak_bytes();
    const bool runs_tell = times_.knows(Stage::kDenoise);
    const bool seconds_are_known = runs_tell || costs_.rates_are_measured();
    plan.seconds_are_estimated = seconds_are_known && !runs_tell;
    plan.page_cache_bytes = page_cache_bytes(candidate.execution, space);
    for (int i = 0; i < kStageCount; ++i) {
      const auto stage = static_cast<Stage>(i);
      if (!has_stage(shape, stage)) continue;
      const StageNeed& need = candidate.stages[static_cast<std::size_t>(i)];
      const double seconds = shown[static_cast<std::size_t>(i)];
      if (seconds_are_known) {
        plan.seconds += runs_once(stage) ? seconds : seconds * count;
      }
      plan.stages.push_back({stage, need.weights_bytes, need.activation_bytes, need.workspace_bytes,
                             need.peak_bytes, seconds, need.host_bytes, need.in_use.peak_bytes});
    }
    plan.option_effects = option_effects(candidate, space, costs);
    if (!seconds_are_known) {
      for (OptionEffect& effect : plan.option_effects) effect.seconds = 0;
    }
    return plan;
  }

  const PipelineOptions options_;

  std::mutex mutex_;  // guards everything below
  RequestCosts costs_;
  TimeModel times_;
  bool device_is_known_ = false;
  std::vector<RunRecord> unlearned_;  // past runs, in their order
};

}  // namespace

std::shared_ptr<Forecaster> make_forecaster(PipelineOptions options) {
  return std::make_shared<DryRunForecaster>(std::move(options));
}

}  // namespace headroom
