#pragma once
#include "headroom/core/run_record.h"

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// As JSON, with the field names of the command line's --json.
[[nodiscard]] nlohmann::json to_json(const Plan& plan);
// Without the plan, which is stored beside it.
[[nodiscard]] nlohmann::json to_json(const RunRecord& run_record);

// A run record with its plan as one line of JSON: {"plan": ...} and the keys that pictures have
// under "receipt". The prompt is not included.
[[nodiscard]] std::string run_record_line(const RunRecord& run_record);
// Nothing when `line` was not written by run_record_line(), or is damaged. A line of another
// version is read too: fields that are missing, null or of another type take their defaults, and
// options that cannot be read become "unknown".
[[nodiscard]] std::optional<RunRecord> read_run_record_line(std::string_view line);
// The run record in a picture's entry, where it stands as "receipt" beside its "plan". Nothing when
// there is none.
[[nodiscard]] std::optional<RunRecord> read_run_record_beside_plan(const nlohmann::json& entry);

}  // namespace headroom
