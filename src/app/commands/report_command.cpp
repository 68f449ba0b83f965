#include "headroom/cli/exit_code.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/config/paths.h"
#include "headroom/core/bytes.h"
#include "headroom/core/size.h"
#include "headroom/memory/accuracy_report.h"
#include "headroom/records/run_log.h"
#include "headroom/records/run_record_json.h"

#include "commands/commands.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

constexpr std::size_t kLast = 10;

// "+3.1 %", but never "-0.0 %".
std::string percent(double error) {
  const double rounded = std::round(error * 1000) / 10;
  char text[32];
  std::snprintf(text, sizeof text, "%+.1f %%", rounded == 0 ? 0.0 : rounded);
  return text;
}

std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s", seconds);
  return text;
}

void print_errors(const std::string& name, const ErrorSummary& errors) {
  if (errors.runs == 0) return;
  std::printf("  %-16s %6d %10s %10s %10s\n", name.c_str(), errors.runs,
              percent(errors.median).c_str(), percent(errors.worst_over).c_str(),
              percent(errors.worst_under).c_str());
}

void print_group(const ReportGroup& group) {
  std::printf("%s on %s, %s: %s\n", group.model.c_str(), group.device.c_str(), group.dtype.c_str(),
              pictures(group.runs).c_str());
  std::printf("  %-16s %6s %10s %10s %10s\n", "error of", "runs", "median", "most over",
              "most under");
  print_errors("peak", group.peak);
  print_errors("seconds", group.total_seconds);
  for (std::size_t i = 0; i < kStageCount; ++i) {
    print_errors("  " + std::string(kStages[i].name), group.seconds[i]);
  }
  std::printf("\n");
}

// "3.10 / 2.95 s", or only the actual seconds if nothing was predicted.
std::string compared(const RunRecord& run_record) {
  const SecondsPair seconds = compared_seconds(run_record);
  if (seconds.predicted > 0) {
    char predicted[32];
    std::snprintf(predicted, sizeof predicted, "%.2f", seconds.predicted);
    return std::string(predicted) + " / " + seconds_text(seconds.actual);
  }
  double actual = 0;
  for (const double s : run_record.stage_seconds) actual += s;
  return "- / " + seconds_text(actual);
}

void print_run(const RunRecord& run_record) {
  const std::string size =
      std::to_string(run_record.plan.width) + "x" + std::to_string(run_record.plan.height);
  std::string execution;
  for (const std::string& option : run_record.plan.execution)
    execution += (execution.empty() ? "" : ", ") + option;
  std::printf("%-20s %9s %5d  %8s / %-8s  %16s  %s\n", run_record.time.c_str(), size.c_str(),
              run_record.shape.steps, format_bytes(run_record.plan.in_use_peak_bytes).c_str(),
              format_bytes(run_record.actual_in_use_bytes).c_str(), compared(run_record).c_str(),
              execution.c_str());
}

nlohmann::ordered_json errors_json(const ErrorSummary& errors) {
  return {{"runs", errors.runs},
          {"median", errors.median},
          {"median_absolute", errors.median_absolute},
          {"worst_over", errors.worst_over},
          {"worst_under", errors.worst_under}};
}

void print_json(const std::vector<ReportGroup>& groups, const std::vector<RunRecord>& last) {
  nlohmann::ordered_json out{{"groups", nlohmann::ordered_json::array()},
                             {"last", nlohmann::ordered_json::array()}};
  for (const ReportGroup& group : groups) {
    nlohmann::ordered_json entry{{"device", group.device},
                                 {"model", group.model},
                                 {"dtype", group.dtype},
                                 {"runs", group.runs},
                                 {"peak_error", errors_json(group.peak)},
                                 {"seconds_error", {{"total", errors_json(group.total_seconds)}}}};
    for (std::size_t i = 0; i < kStageCount; ++i) {
      entry["seconds_error"][std::string(kStages[i].name)] = errors_json(group.seconds[i]);
    }
    out["groups"].push_back(std::move(entry));
  }
  for (const RunRecord& run_record : last) {
    out["last"].push_back(nlohmann::ordered_json::parse(run_record_line(run_record)));
  }
  std::printf("%s\n", json_line(out).c_str());
}

}  // namespace

int run_report(const CommandLine& line) {
  const RunLog file(run_log_file());
  const std::vector<RunRecord> run_records = file.read();
  const std::vector<ReportGroup> groups = summarize(run_records);
  const std::vector<RunRecord> last(
      run_records.end() - static_cast<std::ptrdiff_t>(std::min(kLast, run_records.size())),
      run_records.end());
  if (line.json) {
    print_json(groups, last);
  } else if (run_records.empty()) {
    std::printf("There is nothing to report yet: %s has no runs; make a picture first.\n",
                file.path().c_str());
  } else {
    for (const ReportGroup& group : groups) print_group(group);
    std::printf("%-20s %9s %5s  %19s  %16s  %s\n", "last runs", "size", "steps",
                "peak pred. / actual", "seconds", "rungs");
    for (const RunRecord& run_record : last) print_run(run_record);
  }
  return kExitOk;
}

}  // namespace headroom
