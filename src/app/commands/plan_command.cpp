#include "headroom/cli/exit_code.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/records/request_json.h"
#include "headroom/records/run_record_json.h"

#include "commands/commands.h"
#include "generation_context.h"
#include "read_init_image.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void print_loras(const PlanningContext& app) {
  if (!app.opened_loras) return;
  for (const Message& note : app.opened_loras->notes()) {
    std::fprintf(stderr, "headroom: note: %s\n", note.english().c_str());
  }
  std::printf("\nLoRAs    %s of the weights\n", format_bytes(app.lora_bytes).c_str());
  for (const OpenedLoras::Lora& lora : app.opened_loras->loras()) {
    std::printf("%-8s %s: %d of %d keys\n", "", write_lora_tag(lora.tag).c_str(), lora.matched_keys,
                lora.keys);
  }
}

void print_text(const Forecast& forecast) {
  const Plan& plan = forecast.plan;
  const Budget& budget = forecast.budget;
  if (forecast.fits) {
    std::printf("%s, %s: fits\n", to_string(Size{plan.width, plan.height}).c_str(),
                pictures(plan.count).c_str());
  } else {
    std::printf("%s\n", forecast.reason.english().c_str());
  }
  std::printf("budget   %s of %s (%s)\n",
              format_bytes(std::max<std::int64_t>(budget.budget_bytes, 0)).c_str(),
              format_bytes(budget.total_bytes).c_str(), budget.source.c_str());
  std::printf("peak     %s (%s)\n", format_bytes(plan.peak_bytes).c_str(),
              joined(plan.execution).c_str());
  std::printf("memory   %s of main memory beside it, %s of weight files read in every step\n",
              format_bytes(plan.host_peak_bytes).c_str(),
              format_bytes(plan.page_cache_bytes).c_str());
  if (plan.seconds > 0) {
    std::printf("time     about %.1f s%s\n", plan.seconds,
                plan.seconds_are_estimated ? ", estimated: no run has told yet" : "");
  }
  std::printf("\n%-12s %10s %12s %10s %10s %10s %10s\n", "stage", "weights", "activations",
              "workspace", "peak", "host", "seconds");
  for (const StagePlan& stage : plan.stages) {
    char seconds[32] = "";  // empty while nothing is known
    if (stage.seconds > 0) std::snprintf(seconds, sizeof seconds, "%.2f", stage.seconds);
    std::printf(
        "%-12s %10s %12s %10s %10s %10s %10s\n", std::string(stage_name(stage.stage)).c_str(),
        format_bytes(stage.weights_bytes).c_str(), format_bytes(stage.activation_bytes).c_str(),
        format_bytes(stage.workspace_bytes).c_str(), format_bytes(stage.peak_bytes).c_str(),
        format_bytes(stage.host_bytes).c_str(), seconds);
  }
  if (plan.option_effects.empty()) return;
  std::printf("\n%-22s %10s %10s\n", "rung", "saves", "costs");
  for (const OptionEffect& effect : plan.option_effects) {
    std::array<char, 32> seconds{"-"};  // not known before a run
    if (effect.seconds != 0) {
      std::snprintf(seconds.data(), seconds.size(), "%.2f s", effect.seconds);
    }
    std::printf("%-22s %10s %10s\n", effect.option.c_str(),
                format_bytes(effect.saved_bytes).c_str(), seconds.data());
  }
}

// The seconds of a pretended GPU are unknown, which is not 0.
nlohmann::ordered_json plan_json(const Plan& plan) {
  nlohmann::ordered_json out = to_json(plan);
  if (plan.seconds > 0) return out;
  out["seconds"] = nullptr;
  out["seconds_are_estimated"] = nullptr;
  for (const char* const parts : {"stages", "rung_effects"}) {
    for (auto& part : out[parts]) part["seconds"] = nullptr;
  }
  return out;
}

void print_json(const GenerationRequest& request, const Forecast& forecast,
                const PlanningContext& app) {
  nlohmann::ordered_json out;
  out["request"] = to_json(request);
  out["budget"] = {{"total_bytes", forecast.budget.total_bytes},
                   {"free_bytes", forecast.budget.free_bytes},
                   {"budget_bytes", forecast.budget.budget_bytes},
                   {"source", forecast.budget.source}};
  out["fits"] = forecast.fits;
  out["plan"] = plan_json(forecast.plan);
  out["shortfall_bytes"] = forecast.shortfall_bytes;
  out["suggestion"] = nullptr;
  if (forecast.suggestion) {
    out["suggestion"] = {{"width", forecast.suggestion->width},
                         {"height", forecast.suggestion->height}};
  }
  if (app.opened_loras) {
    out["adapter_bytes"] = app.lora_bytes;
    out["loras"] = nlohmann::ordered_json::array();
    for (const OpenedLoras::Lora& lora : app.opened_loras->loras()) {
      out["loras"].push_back({{"name", lora.tag.name},
                              {"strength", lora.tag.strength},
                              {"file", lora.file.string()},
                              {"keys", lora.keys},
                              {"matched_keys", lora.matched_keys}});
    }
  }
  std::printf("%s\n", json_line(out).c_str());
}

}  // namespace

int run_plan(const CommandLine& line) {
  const PlanningContext app(line.config, {line.prompt, line.loras});
  GenerationRequest request = with_loras(build_request(line, app.model), app.opened_loras.get());
  GenerationRequest checked = request;
  // A plan needs no prompt, since its length makes little difference.
  if (take_lora_tags(request.prompt).words.empty()) checked.prompt = "-";
  const std::vector<Message> notes = read_init_image(line, app.model, checked);
  for (const Message& note : notes) {
    std::fprintf(stderr, "headroom: note: %s\n", note.english().c_str());
  }
  const auto problems = validate(checked, app.model.size_unit);
  if (!problems.empty()) throw Error(ErrorKind::kInvalidRequest, problems.front().message);
  checked.prompt = request.prompt;
  request = checked;
  const Forecast forecast =
      app.forecaster->forecast(app.shape_of(request), request.count, app.memory);
  if (line.json) {
    print_json(request, forecast, app);
  } else {
    print_text(forecast);
    print_loras(app);
  }
  return forecast.fits ? kExitOk : kExitMemory;
}

}  // namespace headroom
