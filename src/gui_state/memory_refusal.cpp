#include "headroom/gui_state/memory_refusal.h"

#include "headroom/core/bytes.h"
#include "headroom/gui_state/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace headroom {
namespace {

// Numbers of one sentence share a unit, so that the reader can add them up: hundredths of GB, or
// MB.
class Figures {
 public:
  explicit Figures(std::int64_t whole_bytes) : giga_(whole_bytes >= kGiB) {}
  [[nodiscard]] long long units(std::int64_t bytes) const {
    return std::llround(static_cast<double>(bytes) /
                        (giga_ ? static_cast<double>(kGiB) / 100 : static_cast<double>(kMiB)));
  }
  [[nodiscard]] std::string number(long long units) const {
    if (!giga_) return std::to_string(units);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%lld.%02lld", units / 100, units % 100);
    return text.data();
  }
  [[nodiscard]] std::string with_unit(long long units) const {
    return number(units) + (giga_ ? " GB" : " MB");
  }

 private:
  bool giga_;
};

// What is needed and what is left for it, in the sum's numbers. Every text about the missing
// amount uses these.
struct Sum {
  bool capped;
  Figures f;
  long long left, needed;
  Sum(std::int64_t need_bytes, const Budget& budget)
      : capped(obstacle_of(need_bytes, budget) == Obstacle::kCap),
        f(capped ? need_bytes : budget.total_bytes),
        left(f.units(capped ? *budget.cap_bytes : budget.uncapped_bytes())),
        // If less than one unit is missing, the need must still look larger.
        needed(std::max(f.units(need_bytes), left + 1)) {}
  [[nodiscard]] std::string missing() const { return f.with_unit(needed - left); }
};

}  // namespace

std::string refusal_sum(std::int64_t need_bytes, const Budget& budget, const StringTable& text) {
  const Sum all(need_bytes, budget);
  const Figures& f = all.f;
  const long long left = all.left;
  const std::string need = fill(text.text("refusal.needs"), {f.with_unit(all.needed)});
  if (all.capped)
    return need + fill(text.text("refusal.capped"), {f.with_unit(left), all.missing()});

  const long long total = f.units(budget.total_bytes);
  const long long driver = f.units(budget.reserved_by_driver_bytes);
  long long others = f.units(std::max<std::int64_t>(0, budget.others_bytes));
  long long kept = f.units(budget.kept_free_bytes);
  // Each number is rounded separately; the larger one absorbs the difference.
  long long& larger = others > kept ? others : kept;
  larger += total - driver - others - kept - left;
  std::string sum = fill(text.text(budget.is_main_memory ? "refusal.memory" : "refusal.card"),
                         {f.with_unit(total)});
  if (driver > 0) sum += fill(text.text("refusal.driver"), {f.number(driver)});
  sum += fill(text.text("refusal.others"), {f.number(others)});
  sum += fill(text.text("refusal.kept"), {f.number(kept)});
  if (left < 0) {
    return need + sum + fill(text.text("refusal.below"), {f.with_unit(-left), all.missing()});
  }
  return need + sum +
         (left > 0 ? fill(text.text("refusal.left"), {f.with_unit(left)})
                   : text.text("refusal.nothing"));
}

std::string missing_text(std::int64_t need_bytes, std::int64_t shortfall_bytes,
                         const Budget& budget) {
  const bool is_of_device = obstacle_of(need_bytes, budget) != Obstacle::kNone;
  return is_of_device ? Sum(need_bytes, budget).missing() : format_missing(shortfall_bytes);
}

std::string refusal_cure(std::int64_t need_bytes, const Budget& budget,
                         const std::vector<OtherProgram>& others, const StringTable& text) {
  const auto close = [&] {
    const std::int64_t missing = need_bytes - budget.budget_bytes;
    // A program is named only if closing it would be enough.
    if (!others.empty() && !others.front().name.empty() && others.front().bytes >= missing) {
      return fill(text.text("refusal.close"),
                  {shorten(others.front().name, 32), format_bytes(others.front().bytes)});
    }
    return fill(text.text("refusal.close.all"), {format_bytes(budget.others_bytes)});
  };
  const auto lower = [&] {
    return fill(text.text("refusal.lower"), {format_bytes(budget.kept_free_bytes)});
  };
  switch (obstacle_of(need_bytes, budget)) {
    case Obstacle::kNone:
      return {};
    case Obstacle::kCap:
      return fill(text.text("refusal.lift"), {format_bytes(*budget.cap_bytes)});
    case Obstacle::kOthers:
      return close();
    case Obstacle::kReserve:
      return lower();
    case Obstacle::kOthersAndReserve:
      return fill(text.text("refusal.close.all"), {format_bytes(budget.others_bytes)}) +
             text.text("refusal.between") + lower();
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
