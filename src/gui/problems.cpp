#include "problems.h"

#include "format.h"
#include "refusal.h"

namespace headroom {
namespace {

// core's sentences are English; other languages have one of their own for each field.
std::string translate(const RequestProblem& problem, const UiState& state, int size_unit,
                      const StringTable& text) {
  using Field = RequestProblem::Field;
  if (problem.field == Field::kPrompt && state.draft.prompt.empty())
    return text.text("problem.empty");
  if (state.language == "en") return problem.message;
  switch (problem.field) {
    case Field::kPrompt:
      return text.text("problem.prompt");
    case Field::kNegativePrompt:
      return text.text("problem.negative");
    case Field::kSize:
      return fill(text.text("problem.size"),
                  {std::to_string(size_unit),
                   to_string(snap({state.draft.width, state.draft.height}, size_unit))});
    case Field::kSteps:
      return fill(text.text("problem.steps"), {std::to_string(kMaxSteps)});
    case Field::kGuidance:
      return text.text("problem.guidance");
    case Field::kCount:
      return fill(text.text("problem.count"), {std::to_string(kMaxCount)});
    case Field::kSeed:
    case Field::kOther:
      return problem.message;
  }
  return problem.message;
}

}  // namespace

std::vector<RequestProblem> find_problems(const UiState& state, int size_unit,
                                          const StringTable& text) {
  std::vector<RequestProblem> problems = validate(state.draft, size_unit);
  for (RequestProblem& problem : problems) {
    problem.message = translate(problem, state, size_unit, text);
  }
  if (!state.request())
    problems.push_back({RequestProblem::Field::kSeed, text.text("problem.seed")});
  return problems;
}

std::string why_blocked(const std::vector<RequestProblem>& problems, const Forecast* forecast,
                        const std::vector<OtherProgram>& others, const StringTable& text) {
  if (!problems.empty()) return problems.front().message;
  if (forecast == nullptr || forecast->fits) return {};
  if (forecast->shortfall_bytes <= 0) return forecast->reason;  // it is not for want of memory
  return refusal_text(*forecast, others, text);
}

}  // namespace headroom
