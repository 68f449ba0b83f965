#include "headroom/memory/accuracy_report.h"

#include "median.h"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

ErrorSummary summary_of(const std::vector<double>& errors) {
  ErrorSummary summary;
  if (errors.empty()) return summary;
  std::vector<double> sizes;
  for (const double error : errors) {
    sizes.push_back(std::abs(error));
    summary.worst_over = std::max(summary.worst_over, error);
    summary.worst_under = std::min(summary.worst_under, error);
  }
  summary.runs = static_cast<int>(errors.size());
  summary.median = median(errors);
  summary.median_absolute = median(std::move(sizes));
  return summary;
}

// Seconds of one stage; both 0 when they cannot be compared.
SecondsPair stage_seconds(const RunRecord& run_record, const StagePlan& stage) {
  const double actual = run_record.stage_seconds[static_cast<std::size_t>(stage.stage)];
  const bool measured = actual > 0 && run_record.changes.empty() &&
                        (stage.stage != Stage::kLoad || run_record.opened);
  if (!measured || !(stage.seconds > 0)) return {};
  return {stage.seconds, actual};
}

struct Errors {
  std::vector<double> peak, total;
  std::array<std::vector<double>, kStageCount> stages;
};

// No real prediction is so far off: one of the two numbers is damaged.
constexpr double kAbsurd = 1e4;

void add(double predicted, double actual, std::vector<double>& errors) {
  const bool measured = predicted > 0 && actual > 0;
  if (measured && predicted / actual < kAbsurd && actual / predicted < kAbsurd) {
    errors.push_back(predicted / actual - 1);
  }
}

}  // namespace

SecondsPair compared_seconds(const RunRecord& run_record) {
  SecondsPair sum;
  for (const StagePlan& stage : run_record.plan.stages) {
    const SecondsPair seconds = stage_seconds(run_record, stage);
    sum.predicted += seconds.predicted;
    sum.actual += seconds.actual;
  }
  return sum;
}

std::vector<ReportGroup> summarize(const std::vector<RunRecord>& run_records) {
  std::vector<ReportGroup> groups;
  std::vector<Errors> errors;
  for (const RunRecord& run_record : run_records) {
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const ReportGroup& g) {
      return g.device == run_record.device && g.model == run_record.model &&
             g.dtype == run_record.dtype;
    });
    const auto i = static_cast<std::size_t>(found - groups.begin());
    if (found == groups.end()) {
      ReportGroup& group = groups.emplace_back();
      group.device = run_record.device;
      group.model = run_record.model;
      group.dtype = run_record.dtype;
      errors.emplace_back();
    }
    ++groups[i].runs;
    if (!run_record.changes.empty()) continue;  // ran under several plans: nothing to compare with
    // A run on a GPU reserves the plan's peak at the start, so what it then uses of that is
    // measured.
    add(static_cast<double>(run_record.plan.in_use_peak_bytes),
        static_cast<double>(run_record.actual_in_use_bytes), errors[i].peak);
    if (run_record.plan.seconds_are_estimated) continue;  // from rates, not from runs
    const SecondsPair total = compared_seconds(run_record);
    add(total.predicted, total.actual, errors[i].total);
    for (const StagePlan& stage : run_record.plan.stages) {
      const SecondsPair seconds = stage_seconds(run_record, stage);
      add(seconds.predicted, seconds.actual,
          errors[i].stages[static_cast<std::size_t>(stage.stage)]);
    }
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i].peak = summary_of(errors[i].peak);
    groups[i].total_seconds = summary_of(errors[i].total);
    for (std::size_t k = 0; k < kStageCount; ++k) {
      groups[i].seconds[k] = summary_of(errors[i].stages[k]);
    }
  }
  return groups;
}

}  // namespace headroom
