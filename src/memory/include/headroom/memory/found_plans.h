#pragma once
#include "headroom/memory/plan_space.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace headroom {

// What a plan is chosen for.
enum class PlanGoal {
  kFastest,  // within a budget
  kLowVram,  // within a budget, the least peak of those that take at most twice the fastest's time
  kSmallest  // the least peak, whatever the budget
};

// Plans of one run's shape that searches have found, for costs that have not changed since. The
// fastest plan within a budget is also the fastest within each smaller budget that still holds it,
// and where none fits, none fits into less: so a few searches answer for all budgets.
class FoundPlans {
 public:
  struct Answer {
    std::optional<ExecutionOptions> execution;  // none: no plan fits
    std::int64_t from_bytes = 0;                // the budgets that it is the answer for
    std::int64_t to_bytes = 0;
  };
  // Null when no search has told yet.
  [[nodiscard]] const Answer* find(const PlanSpace& space, PlanGoal goal,
                                   std::int64_t budget_bytes) const;
  void add(const PlanSpace& space, PlanGoal goal, const Answer& answer);

 private:
  struct Question {
    PlanSpace space;
    PlanGoal goal;
    std::vector<Answer> answers;  // each execution once
  };
  std::vector<Question> questions_;
};

}  // namespace headroom
