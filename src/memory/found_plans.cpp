#include "headroom/memory/found_plans.h"

#include <algorithm>

namespace headroom {

const FoundPlans::Answer* FoundPlans::find(const PlanSpace& space, PlanGoal goal,
                                           std::int64_t budget_bytes) const {
  for (const Question& question : questions_) {
    if (question.goal != goal || question.space != space) continue;
    for (const Answer& answer : question.answers) {
      if (answer.from_bytes <= budget_bytes && budget_bytes <= answer.to_bytes) return &answer;
    }
  }
  return nullptr;
}

void FoundPlans::add(const PlanSpace& space, PlanGoal goal, const Answer& answer) {
  auto question = std::ranges::find_if(questions_, [&](const Question& known) {
    return known.goal == goal && known.space == space;
  });
  if (question == questions_.end())
    question = questions_.insert(question, Question{space, goal, {}});
  for (Answer& known : question->answers) {
    if (known.execution != answer.execution) continue;
    // It is the answer between its two ranges, too: what is better there fits into the larger.
    known.from_bytes = std::min(known.from_bytes, answer.from_bytes);
    known.to_bytes = std::max(known.to_bytes, answer.to_bytes);
    return;
  }
  question->answers.push_back(answer);
}

}  // namespace headroom
