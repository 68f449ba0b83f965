#pragma once
#include "headroom/core/run_record.h"

#include <array>
#include <string>
#include <vector>

namespace headroom {

// How predictions compare with what happened. An error is predicted / actual - 1: 0.1 means 10 %
// too much, -0.1 means 10 % too little. All 0 when there is nothing to compare.
struct ErrorSummary {
  int runs = 0;  // runs with both a prediction and a measurement
  double median = 0;
  double median_absolute = 0;  // of the errors' absolute values
  double worst_over = 0;       // the largest, 0 or more
  double worst_under = 0;      // the smallest, 0 or less
};

// All runs of one model in one number format on one device.
struct ReportGroup {
  std::string device;
  std::string model;
  std::string dtype;
  int runs = 0;
  ErrorSummary peak;                                // of the bytes in use
  std::array<ErrorSummary, kStageCount> seconds{};  // indexed by Stage
  ErrorSummary total_seconds;                       // of the stages that had a prediction
};

// Predicted and actual of one run's seconds, over the stages for which both are known.
struct SecondsPair {
  double predicted = 0;
  double actual = 0;
};
[[nodiscard]] SecondsPair compared_seconds(const RunRecord& run_record);

// One group for each device, model and number format, in the order of their first run.
[[nodiscard]] std::vector<ReportGroup> summarize(const std::vector<RunRecord>& run_records);

}  // namespace headroom
