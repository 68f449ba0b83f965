#include "headroom/cli/exit_code.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/core/bytes.h"
#include "headroom/core/error.h"

#include "commands/commands.h"
#include "generation_context.h"

#include <cstdio>
#include <string>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

const char* state_name(FrontierCell::State state) {
  switch (state) {
    case FrontierCell::State::kFits:
      return "fits";
    case FrontierCell::State::kFitsSlower:
      return "fits, slower";
    case FrontierCell::State::kNo:
      return "no";
  }
  return "no";
}

void print_json(const Frontier& frontier) {
  nlohmann::ordered_json out;
  out["cells"] = nlohmann::ordered_json::array();
  for (const FrontierCell& cell : frontier.cells) {
    out["cells"].push_back({{"width", cell.width},
                            {"height", cell.height},
                            {"state", state_name(cell.state)},
                            {"peak_bytes", cell.peak_bytes},
                            {"rungs", option_names(cell.execution)},
                            {"shortfall_bytes", cell.shortfall_bytes}});
  }
  out["critical_point"] = nullptr;
  if (frontier.critical_point) {
    out["critical_point"] = {{"width", frontier.critical_point->width},
                             {"height", frontier.critical_point->height}};
  }
  std::printf("%s\n", json_line(out).c_str());
}

// One character per size, one row per height.
void print_map(const Frontier& frontier) {
  const int columns = frontier.max / frontier.step;
  std::printf("width %d to %d across, height down, in steps of %d px\n", frontier.step,
              columns * frontier.step, frontier.step);
  for (std::size_t i = 0; i < frontier.cells.size(); ++i) {
    const FrontierCell& cell = frontier.cells[i];
    if (i % static_cast<std::size_t>(columns) == 0) std::printf("%5d ", cell.height);
    std::putchar(cell.state == FrontierCell::State::kFits         ? '#'
                 : cell.state == FrontierCell::State::kFitsSlower ? '+'
                                                                  : '.');
    if ((i + 1) % static_cast<std::size_t>(columns) == 0) std::putchar('\n');
  }
  std::printf("# fits   + fits, slower   . does not fit\n");
  std::printf("largest square without slow rungs: %s\n",
              frontier.critical_point ? to_string(*frontier.critical_point).c_str() : "none");
}

}  // namespace

int run_frontier(const CommandLine& line) {
  const PlanningContext app(line.config, {line.prompt, line.loras});
  const GenerationRequest request =
      with_loras(build_request(line, app.model), app.opened_loras.get());
  GenerationRequest checked = request;
  // The prompt's length makes little difference, so none is required.
  if (take_lora_tags(request.prompt).words.empty()) checked.prompt = "-";
  const int unit = app.model.size_unit;
  if (line.step % unit != 0 || line.max < line.step) {
    throw Error(ErrorKind::kInvalidRequest, "--step " + std::to_string(line.step) +
                                                " must be a multiple of " + std::to_string(unit) +
                                                " px for this model, and --max at least as large");
  }
  const auto problems = validate(checked, unit);
  if (!problems.empty()) throw Error(ErrorKind::kInvalidRequest, problems.front().message);
  const Frontier frontier =
      app.forecaster->frontier(app.shape_of(request), app.memory, line.step, line.max);
  if (line.json) {
    print_json(frontier);
  } else {
    print_map(frontier);
  }
  return kExitOk;
}

}  // namespace headroom
