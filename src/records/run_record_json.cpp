// One format of plans and run records for pictures, the command line and the file of past runs.

#include "headroom/records/run_record_json.h"

#include "headroom/records/request_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;

template <typename Value>
json by_stage(const RunShape& shape, const std::array<Value, kStageCount>& values) {
  json object = json::object();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (has_stage(shape, static_cast<Stage>(i))) object[std::string(kStages[i].name)] = values[i];
  }
  return object;
}

// Reads fields one by one. A field that is missing, null or of another type keeps its default:
// other versions may have different fields, and a full disk or another program may have damaged
// the file.
class Reader {
 public:
  explicit Reader(const json& object) : object_(object) {}

  void read(const char* key, std::string& text) const {
    if (const json* value = find(key); value && value->is_string())
      text = value->get<std::string>();
  }
  void read(const char* key, bool& flag) const {
    if (const json* value = find(key); value && value->is_boolean()) flag = value->get<bool>();
  }
  // No size, count, byte or second here is negative or larger than this.
  static constexpr std::int64_t kMax = 1'000'000'000'000'000;
  void read(const char* key, int& number) const {
    std::int64_t whole = number;
    read(key, whole);
    if (whole <= 1'000'000'000) number = static_cast<int>(whole);
  }
  void read(const char* key, std::int64_t& number) const {
    if (const json* value = find(key); value && value->is_number_integer()) {
      const auto whole = value->get<std::int64_t>();
      if (whole >= 0 && whole <= kMax) number = whole;
    }
  }
  void read(const char* key, double& number) const {
    if (const json* value = find(key); value && value->is_number()) {
      const auto real = value->get<double>();
      if (real >= 0 && real <= static_cast<double>(kMax)) number = real;
    }
  }
  template <typename Value>
  void read(const char* key, std::array<Value, kStageCount>& values) const {
    const json* const found = find(key);
    if (found == nullptr) return;
    const Reader stages(*found);
    for (std::size_t i = 0; i < values.size(); ++i) {
      stages.read(std::string(kStages[i].name).c_str(), values[i]);
    }
  }
  // A list that is not all texts must not be taken for another plan: it becomes "unknown", from
  // which nothing is learnt.
  void read(const char* key, std::vector<std::string>& execution) const {
    const json* const values = find(key);
    const bool good = values != nullptr && values->is_array() &&
                      std::ranges::all_of(*values, [](const json& v) { return v.is_string(); });
    execution =
        good ? values->get<std::vector<std::string>>() : std::vector<std::string>{"unknown"};
  }
  // A stage that this version does not know leaves it empty.
  void read(const char* key, std::optional<Stage>& stage) const {
    std::string name;
    read(key, name);
    const auto found = std::find_if(kStages.begin(), kStages.end(),
                                    [&](const StageEntry& entry) { return entry.name == name; });
    if (found != kStages.end()) stage = static_cast<Stage>(found - kStages.begin());
  }
  // Null when there is none.
  [[nodiscard]] const json* find(const char* key) const {
    return object_.is_object() && object_.contains(key) ? &object_[key] : nullptr;
  }
  // Reads each object of a list.
  template <typename Read>
  void each(const char* key, Read read) const {
    const json* const values = find(key);
    if (values == nullptr || !values->is_array()) return;
    for (const json& value : *values) {
      if (value.is_object()) read(Reader(value));
    }
  }

 private:
  const json& object_;
};

StagePlan read_stage(const Reader& in, Stage stage) {
  StagePlan plan;
  plan.stage = stage;
  in.read("weights_bytes", plan.weights_bytes);
  in.read("activation_bytes", plan.activation_bytes);
  in.read("workspace_bytes", plan.workspace_bytes);
  in.read("peak_bytes", plan.peak_bytes);
  in.read("seconds", plan.seconds);
  in.read("host_bytes", plan.host_bytes);
  plan.in_use_bytes = plan.peak_bytes;  // older versions have one figure
  in.read("in_use_bytes", plan.in_use_bytes);
  return plan;
}

PlanChange read_change(const Reader& in) {
  PlanChange change;
  in.read("step", change.step);
  in.read("reason", change.reason);
  in.read("peak_bytes", change.peak_bytes);
  in.read("rungs", change.execution);
  std::optional<Stage> stage;
  in.read("stage", stage);
  change.stage = stage.value_or(change.stage);
  return change;
}

// Unlike all else these may be negative: an option can cost memory in a stage that is not the
// peak.
OptionEffect read_effect(const Reader& in) {
  OptionEffect effect;
  in.read("rung", effect.option);
  const json* const saved = in.find("saved_bytes");
  const json* const seconds = in.find("seconds");
  if (saved != nullptr && saved->is_number_integer())
    effect.saved_bytes = saved->get<std::int64_t>();
  if (seconds != nullptr && seconds->is_number()) {
    const auto real = seconds->get<double>();
    if (std::abs(real) <= static_cast<double>(Reader::kMax)) effect.seconds = real;
  }
  return effect;
}

Plan read_plan(const Reader& in) {
  Plan plan;
  in.read("width", plan.width);
  in.read("height", plan.height);
  in.read("count", plan.count);
  in.read("peak_bytes", plan.peak_bytes);
  plan.in_use_peak_bytes = plan.peak_bytes;
  in.read("in_use_peak_bytes", plan.in_use_peak_bytes);
  in.read("small_pool_bytes", plan.small_pool_bytes);
  in.read("seconds", plan.seconds);
  in.read("seconds_are_estimated", plan.seconds_are_estimated);
  in.read("host_peak_bytes", plan.host_peak_bytes);
  in.read("page_cache_bytes", plan.page_cache_bytes);
  in.read("rungs", plan.execution);
  in.each("rung_effects",
          [&](const Reader& effect) { plan.option_effects.push_back(read_effect(effect)); });
  in.each("stages", [&](const Reader& of_stage) {
    std::optional<Stage> name;
    of_stage.read("name", name);
    if (name) plan.stages.push_back(read_stage(of_stage, *name));
  });
  return plan;
}

}  // namespace

json to_json(const Plan& plan) {
  json stages = json::array();
  for (const StagePlan& stage : plan.stages) {
    stages.push_back({{"name", std::string(stage_name(stage.stage))},
                      {"weights_bytes", stage.weights_bytes},
                      {"activation_bytes", stage.activation_bytes},
                      {"workspace_bytes", stage.workspace_bytes},
                      {"peak_bytes", stage.peak_bytes},
                      {"in_use_bytes", stage.in_use_bytes},
                      {"host_bytes", stage.host_bytes},
                      {"seconds", stage.seconds}});
  }
  json effects = json::array();
  for (const OptionEffect& effect : plan.option_effects) {
    effects.push_back({{"rung", effect.option},
                       {"saved_bytes", effect.saved_bytes},
                       {"seconds", effect.seconds}});
  }
  return {{"width", plan.width},
          {"height", plan.height},
          {"count", plan.count},
          {"rungs", plan.execution},
          {"rung_effects", std::move(effects)},
          {"peak_bytes", plan.peak_bytes},
          {"in_use_peak_bytes", plan.in_use_peak_bytes},
          {"small_pool_bytes", plan.small_pool_bytes},
          {"host_peak_bytes", plan.host_peak_bytes},
          {"page_cache_bytes", plan.page_cache_bytes},
          {"seconds", plan.seconds},
          {"seconds_are_estimated", plan.seconds_are_estimated},
          {"stages", std::move(stages)}};
}

json to_json(const PlanChange& change) {
  return {{"stage", std::string(stage_name(change.stage))},
          {"step", change.step},
          {"reason", change.reason},
          {"rungs", change.execution},
          {"peak_bytes", change.peak_bytes}};
}

namespace {

// Names of StartFrom; a start from noise is not written.
constexpr std::array<std::string_view, 5> kStarts{"noise", "image", "masked image", "sampled",
                                                  "finished"};

void read_start(const Reader& in, StartFrom& start) {
  std::string name;
  in.read("start", name);
  const auto found = std::find(kStarts.begin(), kStarts.end(), name);
  if (found != kStarts.end()) start = static_cast<StartFrom>(found - kStarts.begin());
}

}  // namespace

json to_json(const RunRecord& run_record) {
  json changes = json::array();
  for (const PlanChange& change : run_record.changes) changes.push_back(to_json(change));
  json object{{"time", run_record.time},
              {"model", run_record.model},
              {"device", run_record.device},
              {"device_uuid", run_record.device_uuid},
              {"dtype", run_record.dtype},
              {"threads", run_record.threads},
              {"version", run_record.version},
              {"libtorch", run_record.libtorch},
              {"index", run_record.image_index},
              {"steps", run_record.shape.steps},
              {"guided_steps", run_record.shape.guided_steps},
              {"prompt_tokens", run_record.shape.prompt_tokens},
              {"negative_tokens", run_record.shape.negative_tokens},
              {"opened", run_record.opened},
              {"predicted_peak_bytes", run_record.plan.peak_bytes},
              {"actual_peak_bytes", run_record.actual_peak_bytes},
              {"predicted_in_use_bytes", run_record.plan.in_use_peak_bytes},
              {"actual_in_use_bytes", run_record.actual_in_use_bytes},
              {"seconds", by_stage(run_record.shape, run_record.stage_seconds)},
              {"stage_peak_bytes", by_stage(run_record.shape, run_record.stage_peak_bytes)},
              {"copy_bytes_per_second", run_record.copy_bytes_per_second},
              {"driver_allocations", run_record.driver_allocations},
              {"plan_changes", std::move(changes)}};
  for (const HashedFile& file : run_record.model_files) {
    object["model_files"].push_back(
        {{"part", file.part}, {"file", file.file}, {"sha256", file.sha256}});
  }
  if (run_record.shape.start != StartFrom::kNoise) {
    object["start"] = std::string(kStarts[static_cast<std::size_t>(run_record.shape.start)]);
  }
  if (run_record.scale > 0) object["scale"] = run_record.scale;
  return object;
}

std::string run_record_line(const RunRecord& run_record) {
  json object = to_json(run_record);
  object["plan"] = to_json(run_record.plan);
  // A model folder's name need not be UTF-8.
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<RunRecord> read_run_record_line(std::string_view line) {
  const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return std::nullopt;
  // An object with neither key is not a run record.
  if (!object.contains("model") && !object.contains("plan")) return std::nullopt;
  RunRecord run_record;
  const Reader in(object);
  in.read("time", run_record.time);
  in.read("model", run_record.model);
  in.each("model_files", [&](const Reader& of_file) {
    HashedFile file;
    of_file.read("part", file.part);
    of_file.read("file", file.file);
    of_file.read("sha256", file.sha256);
    if (!file.part.empty() && !file.sha256.empty()) run_record.model_files.push_back(file);
  });
  in.read("device", run_record.device);
  in.read("device_uuid", run_record.device_uuid);
  in.read("dtype", run_record.dtype);
  in.read("threads", run_record.threads);
  in.read("version", run_record.version);
  in.read("libtorch", run_record.libtorch);
  in.read("index", run_record.image_index);
  in.read("steps", run_record.shape.steps);
  in.read("guided_steps", run_record.shape.guided_steps);
  in.read("prompt_tokens", run_record.shape.prompt_tokens);
  in.read("negative_tokens", run_record.shape.negative_tokens);
  read_start(in, run_record.shape.start);
  in.read("opened", run_record.opened);
  in.read("actual_peak_bytes", run_record.actual_peak_bytes);
  run_record.actual_in_use_bytes = run_record.actual_peak_bytes;
  in.read("actual_in_use_bytes", run_record.actual_in_use_bytes);
  in.read("seconds", run_record.stage_seconds);
  in.read("stage_peak_bytes", run_record.stage_peak_bytes);
  in.read("copy_bytes_per_second", run_record.copy_bytes_per_second);
  in.read("driver_allocations", run_record.driver_allocations);
  in.read("scale", run_record.scale);
  in.each("plan_changes",
          [&](const Reader& change) { run_record.changes.push_back(read_change(change)); });
  const json* const plan = in.find("plan");
  run_record.plan = read_plan(Reader(plan != nullptr ? *plan : json::object()));
  run_record.shape = with_size(run_record.shape, {run_record.plan.width, run_record.plan.height});
  return run_record;
}

std::optional<RunRecord> read_run_record_beside_plan(const json& entry) {
  if (!entry.is_object() || !entry.contains("receipt") || !entry["receipt"].is_object())
    return std::nullopt;
  json line = entry["receipt"];
  if (entry.contains("plan")) line["plan"] = entry["plan"];
  return read_run_record_line(line.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace headroom
