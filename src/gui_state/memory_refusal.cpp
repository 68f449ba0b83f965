#include "headroom/gui_state/memory_refusal.h"

#include "headroom/core/bytes.h"
#include "headroom/core/sum_figures.h"
#include "headroom/gui_state/format.h"

#include <algorithm>
#include <utility>

namespace headroom {
namespace {

// The terms of the sum in its numbers. Every text about what does not fit uses these.
struct Sum {
  bool capped;
  SumFigures f;
  long long left, needed, total, driver, others, kept;
  Sum(std::int64_t need_bytes, const Budget& budget)
      : capped(obstacle_of(need_bytes, budget) == Obstacle::kCap),
        f(capped ? need_bytes : budget.total_bytes,
          {need_bytes, left_of(budget), need_bytes - left_of(budget)}),
        left(f.units(left_of(budget))),
        // If less than one unit is missing, the need must still look larger.
        needed(std::max(f.units(need_bytes), left + 1)),
        total(f.units(budget.total_bytes)),
        driver(f.units(budget.reserved_by_driver_bytes)),
        others(f.units(others_of(budget))),
        kept(f.units(budget.kept_free_bytes)) {
    if (capped) return;
    // Each number is rounded separately; the larger one absorbs the difference.
    long long& larger = others > kept ? others : kept;
    larger += total - driver - others - kept - left;
  }
  [[nodiscard]] std::string need() const { return f.with_unit(needed); }
  [[nodiscard]] std::string missing() const { return f.with_unit(needed - left); }
  // What one of the other programs holds: the sum's term if it holds all of that.
  [[nodiscard]] std::string held_by(std::int64_t bytes, const Budget& budget) const {
    const long long part = f.units(bytes);
    return f.with_unit(part == f.units(others_of(budget)) ? others : part);
  }

 private:
  [[nodiscard]] std::int64_t left_of(const Budget& budget) const {
    return capped ? *budget.cap_bytes : budget.uncapped_bytes();
  }
  static std::int64_t others_of(const Budget& budget) {
    return std::max<std::int64_t>(0, budget.others_bytes);
  }
};

}  // namespace

std::string refusal_sum(std::int64_t need_bytes, const Budget& budget, const StringTable& text) {
  const Sum all(need_bytes, budget);
  const SumFigures& f = all.f;
  const std::string need = fill(text.text("refusal.needs"), {all.need()});
  if (all.capped)
    return need + fill(text.text("refusal.capped"), {f.with_unit(all.left), all.missing()});

  std::string sum = fill(text.text(budget.is_main_memory ? "refusal.memory" : "refusal.card"),
                         {f.with_unit(all.total)});
  if (all.driver > 0) sum += fill(text.text("refusal.driver"), {f.number(all.driver)});
  sum += fill(text.text("refusal.others"), {f.number(all.others)});
  sum += fill(text.text("refusal.kept"), {f.number(all.kept)});
  if (all.left < 0) {
    return need + sum + fill(text.text("refusal.below"), {f.with_unit(-all.left), all.missing()});
  }
  return need + sum +
         (all.left > 0 ? fill(text.text("refusal.left"), {f.with_unit(all.left)})
                       : text.text("refusal.nothing"));
}

std::string missing_text(std::int64_t need_bytes, std::int64_t shortfall_bytes,
                         const Budget& budget) {
  const bool is_of_device = obstacle_of(need_bytes, budget) != Obstacle::kNone;
  return is_of_device ? Sum(need_bytes, budget).missing() : format_missing(shortfall_bytes);
}

std::string need_text(std::int64_t need_bytes, const Budget& budget) {
  const bool is_of_device = obstacle_of(need_bytes, budget) != Obstacle::kNone;
  return is_of_device ? Sum(need_bytes, budget).need() : format_bytes(need_bytes);
}

std::string available_text(const Budget& budget) {
  const bool capped = budget.budget_bytes < budget.uncapped_bytes();
  const SumFigures f(capped ? budget.budget_bytes : budget.total_bytes, {budget.budget_bytes});
  return f.with_unit(f.units(budget.budget_bytes));
}

std::string refusal_cure(std::int64_t need_bytes, const Budget& budget,
                         const std::vector<OtherProgram>& others, const StringTable& text) {
  const Sum all(need_bytes, budget);
  const auto close_all = [&] {
    return fill(text.text("refusal.close.all"), {all.f.with_unit(all.others)});
  };
  const auto close = [&] {
    const std::int64_t missing = need_bytes - budget.budget_bytes;
    // A program is named only if closing it would be enough.
    if (!others.empty() && !others.front().name.empty() && others.front().bytes >= missing) {
      return fill(text.text("refusal.close"),
                  {shorten(others.front().name, 32), all.held_by(others.front().bytes, budget)});
    }
    return close_all();
  };
  const auto lower = [&] { return fill(text.text("refusal.lower"), {all.f.with_unit(all.kept)}); };
  switch (obstacle_of(need_bytes, budget)) {
    case Obstacle::kNone:
      return {};
    case Obstacle::kCap:
      return fill(text.text("refusal.lift"), {all.f.with_unit(all.left)});
    case Obstacle::kOthers:
      return close();
    case Obstacle::kReserve:
      return lower();
    case Obstacle::kOthersAndReserve:
      return close_all() + text.text("refusal.between") + lower();
    case Obstacle::kDevice:
      return text.text("refusal.device");
  }
  return {};
}

std::string refusal_text(const Forecast& forecast, const std::vector<OtherProgram>& others,
                         const StringTable& text) {
  const std::int64_t need = forecast.plan.peak_bytes;
  // The device has enough memory; the reason is another one.
  if (obstacle_of(need, forecast.budget) == Obstacle::kNone) return sentence(forecast.reason, text);
  const std::string between = text.text("refusal.between");
  std::string all = refusal_sum(need, forecast.budget, text) + between +
                    refusal_cure(need, forecast.budget, others, text);
  if (forecast.suggestion)
    all += between + fill(text.text("why.suggest"), {to_string(*forecast.suggestion)});
  return all;
}

}  // namespace headroom
