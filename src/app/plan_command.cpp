#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/image/settings.h"
#include "commands.h"
#include "composition.h"
#include "exit_code.h"

#include <cstdio>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

void print_text(const Forecast& forecast) {
  const Plan& plan = forecast.plan;
  std::printf("%s, %d picture(s): %s\n", to_string({plan.width, plan.height}).c_str(), plan.count,
              forecast.fits ? "fits" : forecast.reason.c_str());
  std::printf("budget   %s of %s (%s)\n", format_bytes(forecast.budget.budget_bytes).c_str(),
              format_bytes(forecast.budget.total_bytes).c_str(), forecast.budget.source.c_str());
  std::string rungs;
  for (const std::string& rung : plan.rungs) rungs += (rungs.empty() ? "" : ", ") + rung;
  std::printf("plan     %s\npeak     %s\n\n", rungs.c_str(), format_bytes(plan.peak_bytes).c_str());
  std::printf("%-8s %10s %12s %10s %10s\n", "stage", "weights", "activations", "workspace", "peak");
  for (const StagePlan& stage : plan.stages) {
    if (stage.stage == Stage::kSave) continue;  // on the host
    std::printf("%-8s %10s %12s %10s %10s\n", std::string(stage_name(stage.stage)).c_str(),
                format_bytes(stage.weights_bytes).c_str(), format_bytes(stage.activation_bytes).c_str(),
                format_bytes(stage.workspace_bytes).c_str(), format_bytes(stage.peak_bytes).c_str());
  }
}

void print_json(const GenerationRequest& request, const Forecast& forecast) {
  nlohmann::ordered_json out;
  out["request"] = to_json(request);
  out["budget"] = {{"total_bytes", forecast.budget.total_bytes},
                   {"free_bytes", forecast.budget.free_bytes},
                   {"budget_bytes", forecast.budget.budget_bytes},
                   {"source", forecast.budget.source}};
  out["fits"] = forecast.fits;
  out["plan"] = to_json(forecast.plan);
  out["shortfall_bytes"] = forecast.shortfall_bytes;
  out["suggestion"] = nullptr;
  if (forecast.suggestion) {
    out["suggestion"] = {{"width", forecast.suggestion->width},
                         {"height", forecast.suggestion->height}};
  }
  std::printf("%s\n", out.dump().c_str());
}

}  // namespace

int run_plan(const CommandLine& line) {
  const Composition app(line.config);
  GenerationRequest request = build_request(line, app.pipeline.model.info);
  if (request.prompt.empty()) request.prompt = "a picture";  // the prompt's length hardly matters
  const auto problems = validate(request, app.pipeline.model.info.size_unit);
  if (!problems.empty()) throw Error(ErrorKind::kInvalidRequest, problems.front().message);
  const Forecast forecast = app.forecaster->forecast(request, app.memory.read());
  if (line.json) {
    print_json(request, forecast);
  } else {
    print_text(forecast);
  }
  return forecast.fits ? kExitOk : kExitMemory;
}

}  // namespace headroom
