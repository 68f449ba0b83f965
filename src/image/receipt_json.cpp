// One format of plans and receipts for pictures, the command line and the file of past runs.
#include "headroom/image/receipt_file.h"
#include "headroom/image/settings.h"

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

// Reads fields one after the other; one that is missing keeps its default, as another version may
// have more or fewer. Remembers whether one was of another kind. What other programs and a full
// disk may leave in a file is no error.
class Reader {
 public:
  explicit Reader(const json& object) : object_(object), good_(object.is_object()) {}

  void read(const char* key, std::string& text) {
    if (const json* value = find(key)) {
      good_ = good_ && value->is_string();
      if (good_) text = value->get<std::string>();
    }
  }
  void read(const char* key, bool& flag) {
    if (const json* value = find(key)) {
      good_ = good_ && value->is_boolean();
      if (good_) flag = value->get<bool>();
    }
  }
  void read(const char* key, int& number) {
    std::int64_t whole = 0;
    read(key, whole);
    good_ = good_ && whole <= 1'000'000'000;
    if (good_) number = static_cast<int>(whole);
  }
  // Nothing here is negative: sizes, counts, bytes and seconds.
  void read(const char* key, std::int64_t& number) {
    if (const json* value = find(key)) {
      good_ = good_ && value->is_number_integer() && value->get<std::int64_t>() >= 0;
      if (good_) number = value->get<std::int64_t>();
    }
  }
  void read(const char* key, double& number) {
    if (const json* value = find(key)) {
      good_ = good_ && value->is_number() && std::isfinite(value->get<double>()) &&
              value->get<double>() >= 0;
      if (good_) number = value->get<double>();
    }
  }
  template <typename Value>
  void read(const char* key, std::array<Value, kStageCount>& values) {
    if (const json* value = find(key)) {
      Reader stages(*value);
      for (std::size_t i = 0; i < values.size(); ++i) {
        stages.read(std::string(kStages[i].name).c_str(), values[i]);
      }
      good_ = good_ && stages.good();
    }
  }
  // Null when there is none.
  const json* find(const char* key) {
    return good_ && object_.contains(key) ? &object_[key] : nullptr;
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  const json& object_;
  bool good_;
};

// False when the field is of another kind. A stage that is not known here, as of a later version,
// leaves `stage` empty.
bool read_stage_name(Reader& in, const char* key, std::optional<Stage>& stage) {
  std::string name;
  in.read(key, name);
  const auto found = std::find_if(kStages.begin(), kStages.end(),
                                  [&](const StageEntry& entry) { return entry.name == name; });
  if (found != kStages.end()) stage = static_cast<Stage>(found - kStages.begin());
  return in.good();
}

bool read_texts(const json& values, std::vector<std::string>& texts) {
  if (!values.is_array()) return false;
  for (const json& value : values) {
    if (!value.is_string()) return false;
    texts.push_back(value.get<std::string>());
  }
  return true;
}

bool read_stage(const json& value, StagePlan& stage, std::optional<Stage>& name) {
  Reader in(value);
  in.read("weights_bytes", stage.weights_bytes);
  in.read("activation_bytes", stage.activation_bytes);
  in.read("workspace_bytes", stage.workspace_bytes);
  in.read("peak_bytes", stage.peak_bytes);
  in.read("seconds", stage.seconds);
  in.read("host_bytes", stage.host_bytes);
  stage.in_use_bytes = stage.peak_bytes;  // of versions that kept one figure
  in.read("in_use_bytes", stage.in_use_bytes);
  return read_stage_name(in, "name", name);
}

bool read_changes(const json& values, std::vector<PlanChange>& changes) {
  if (!values.is_array()) return false;
  for (const json& value : values) {
    PlanChange& change = changes.emplace_back();
    Reader in(value);
    in.read("step", change.step);
    in.read("reason", change.reason);
    in.read("peak_bytes", change.peak_bytes);
    const json* const rungs = in.find("rungs");
    if (rungs != nullptr && !read_texts(*rungs, change.rungs)) return false;
    std::optional<Stage> stage;
    if (!read_stage_name(in, "stage", stage)) return false;
    change.stage = stage.value_or(change.stage);
  }
  return true;
}

// Unlike all else these may be negative: a rung can cost memory in a stage that does not matter.
bool read_effects(const json& values, std::vector<RungEffect>& effects) {
  if (!values.is_array()) return false;
  for (const json& value : values) {
    RungEffect& effect = effects.emplace_back();
    Reader in(value);
    in.read("rung", effect.rung);
    const json* const saved = in.find("saved_bytes");
    const json* const seconds = in.find("seconds");
    if (!in.good() || (saved != nullptr && !saved->is_number_integer()) ||
        (seconds != nullptr && !seconds->is_number())) {
      return false;
    }
    if (saved != nullptr) effect.saved_bytes = saved->get<std::int64_t>();
    if (seconds != nullptr) effect.seconds = seconds->get<double>();
  }
  return true;
}

bool read_plan(const json& value, Plan& plan) {
  Reader in(value);
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
  const json* const rungs = in.find("rungs");
  const json* const effects = in.find("rung_effects");
  const json* const stages = in.find("stages");
  // Without its rungs it would be taken for the plan that has none.
  if (!in.good() || rungs == nullptr || !read_texts(*rungs, plan.rungs)) return false;
  if (effects != nullptr && !read_effects(*effects, plan.rung_effects)) return false;
  if (stages == nullptr) return true;
  if (!stages->is_array()) return false;
  for (const json& entry : *stages) {
    StagePlan stage;
    std::optional<Stage> name;
    if (!read_stage(entry, stage, name)) return false;
    if (!name) continue;
    stage.stage = *name;
    plan.stages.push_back(stage);
  }
  return true;
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
  for (const RungEffect& effect : plan.rung_effects) {
    effects.push_back(
        {{"rung", effect.rung}, {"saved_bytes", effect.saved_bytes}, {"seconds", effect.seconds}});
  }
  return {{"width", plan.width},
          {"height", plan.height},
          {"count", plan.count},
          {"rungs", plan.rungs},
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
          {"rungs", change.rungs},
          {"peak_bytes", change.peak_bytes}};
}

namespace {

// StartFrom by name; from noise nothing is said.
constexpr std::array<std::string_view, 3> kStarts{"noise", "image", "masked image"};

void read_start(Reader& in, StartFrom& start) {
  std::string name;
  in.read("start", name);
  const auto found = std::find(kStarts.begin(), kStarts.end(), name);
  if (found != kStarts.end()) start = static_cast<StartFrom>(found - kStarts.begin());
}

}  // namespace

json to_json(const Receipt& receipt) {
  json changes = json::array();
  for (const PlanChange& change : receipt.changes) changes.push_back(to_json(change));
  json object{{"time", receipt.time},
              {"model", receipt.model},
              {"device", receipt.device},
              {"device_uuid", receipt.device_uuid},
              {"dtype", receipt.dtype},
              {"threads", receipt.threads},
              {"version", receipt.version},
              {"libtorch", receipt.libtorch},
              {"index", receipt.image_index},
              {"steps", receipt.shape.steps},
              {"guided_steps", receipt.shape.guided_steps},
              {"prompt_tokens", receipt.shape.prompt_tokens},
              {"negative_tokens", receipt.shape.negative_tokens},
              {"opened", receipt.opened},
              {"predicted_peak_bytes", receipt.plan.peak_bytes},
              {"actual_peak_bytes", receipt.actual_peak_bytes},
              {"predicted_in_use_bytes", receipt.plan.in_use_peak_bytes},
              {"actual_in_use_bytes", receipt.actual_in_use_bytes},
              {"seconds", by_stage(receipt.shape, receipt.stage_seconds)},
              {"stage_peak_bytes", by_stage(receipt.shape, receipt.stage_peak_bytes)},
              {"copy_bytes_per_second", receipt.copy_bytes_per_second},
              {"driver_allocations", receipt.driver_allocations},
              {"plan_changes", std::move(changes)}};
  if (receipt.shape.start != StartFrom::kNoise) {
    object["start"] = std::string(kStarts[static_cast<std::size_t>(receipt.shape.start)]);
  }
  return object;
}

std::string receipt_line(const Receipt& receipt) {
  json object = to_json(receipt);
  object["plan"] = to_json(receipt.plan);
  // A model folder's name need not be UTF-8.
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<Receipt> read_receipt_line(std::string_view line) {
  const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  Receipt receipt;
  Reader in(object);
  in.read("time", receipt.time);
  in.read("model", receipt.model);
  in.read("device", receipt.device);
  in.read("device_uuid", receipt.device_uuid);
  in.read("dtype", receipt.dtype);
  in.read("threads", receipt.threads);
  in.read("version", receipt.version);
  in.read("libtorch", receipt.libtorch);
  in.read("index", receipt.image_index);
  in.read("steps", receipt.shape.steps);
  in.read("guided_steps", receipt.shape.guided_steps);
  in.read("prompt_tokens", receipt.shape.prompt_tokens);
  in.read("negative_tokens", receipt.shape.negative_tokens);
  read_start(in, receipt.shape.start);
  in.read("opened", receipt.opened);
  in.read("actual_peak_bytes", receipt.actual_peak_bytes);
  receipt.actual_in_use_bytes = receipt.actual_peak_bytes;
  in.read("actual_in_use_bytes", receipt.actual_in_use_bytes);
  in.read("seconds", receipt.stage_seconds);
  in.read("stage_peak_bytes", receipt.stage_peak_bytes);
  in.read("copy_bytes_per_second", receipt.copy_bytes_per_second);
  in.read("driver_allocations", receipt.driver_allocations);
  const json* const changes = in.find("plan_changes");
  if (!in.good() || (changes != nullptr && !read_changes(*changes, receipt.changes))) {
    return std::nullopt;
  }
  const json* const plan = in.find("plan");
  if (receipt.model.empty() || plan == nullptr || !read_plan(*plan, receipt.plan)) {
    return std::nullopt;
  }
  receipt.shape = with_size(receipt.shape, {receipt.plan.width, receipt.plan.height});
  return receipt;
}

}  // namespace headroom
