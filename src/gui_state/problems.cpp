#include "headroom/gui_state/problems.h"

#include "headroom/gui_state/format.h"
#include "headroom/gui_state/memory_refusal.h"
#include "headroom/gui_state/start_picture.h"

namespace headroom {

std::vector<RequestProblem> find_problems(const UiState& state, int size_unit) {
  using Field = RequestProblem::Field;
  std::vector<RequestProblem> problems = validate(with_start_of_size(state.draft), size_unit);
  for (RequestProblem& problem : problems) {
    if (problem.field == Field::kPrompt && state.draft.prompt.empty())
      problem.message = say("problem.empty");
  }
  if (const auto& start = state.draft.init; start && !has_pixels(*start)) {
    const std::string name = shorten(start->file.name, 48);
    problems.push_back({Field::kInit, say("problem.start", name)});
  }
  if (!state.request()) problems.push_back({Field::kSeed, say("problem.seed")});
  return problems;
}

std::string why_blocked(const std::vector<RequestProblem>& problems, const Forecast* forecast,
                        const std::vector<OtherProgram>& others, const StringTable& text) {
  if (!problems.empty()) return sentence(problems.front().message, text);
  if (forecast == nullptr || forecast->fits) return {};
  if (forecast->shortfall_bytes <= 0)
    return sentence(forecast->reason, text);  // the reason is not memory
  return refusal_text(*forecast, others, text);
}

}  // namespace headroom
