#pragma once
#include "headroom/core/run_record.h"

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// As JSON, with the field names of the command line's --json.
[[nodiscard]] nlohmann::json to_json(const Plan& plan);
// Without its plan, which stands beside it.
[[nodiscard]] nlohmann::json to_json(const RunRecord& run_record);

// A run record with its plan, as one line of JSON: {"plan": ..., and what pictures carry as
// "receipt"}. The prompt is not in it.
[[nodiscard]] std::string run_record_line(const RunRecord& run_record);
// Nothing when `line` was not written by run_record_line(), or is damaged. Of another version,
// fields that are missing, null or of another kind take their defaults, and options that cannot be
// read are "unknown".
[[nodiscard]] std::optional<RunRecord> read_run_record_line(std::string_view line);

}  // namespace headroom
