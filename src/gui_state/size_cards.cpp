#include "headroom/gui_state/size_cards.h"

#include <algorithm>

namespace headroom {

bool is_slow_option(const std::string& option) {
  return option.starts_with("stream-") || option == "cpu-decode";
}

CardState state_of(const Forecast* forecast) {
  // Above this share of the budget, a little more memory for others would change the plan.
  constexpr double kTightShare = 0.92;
  if (forecast == nullptr) return CardState::kPending;
  if (!forecast->fits) return CardState::kShort;
  // The frontier's rule, so that limits and critical point agree with it.
  if (forecast->slowdown > kSlowerThanResident) return CardState::kSlower;
  return static_cast<double>(forecast->plan.peak_bytes) >
                 kTightShare * static_cast<double>(forecast->budget.budget_bytes)
             ? CardState::kTight
             : CardState::kFits;
}

SizeCard make_card(const SizePreset& preset, const Forecast* forecast) {
  SizeCard card;
  card.preset = preset;
  card.state = state_of(forecast);
  if (forecast == nullptr) return card;
  card.peak_bytes = forecast->plan.peak_bytes;
  card.plan = forecast->plan;
  card.budget = forecast->budget;
  if (card.state == CardState::kShort) {
    card.shortfall_bytes = forecast->shortfall_bytes;
    card.suggestion = forecast->suggestion;
    return card;
  }
  if (forecast->plan.seconds > 0) {
    card.seconds = forecast->plan.seconds;
    card.seconds_are_estimated = forecast->plan.seconds_are_estimated;
  }
  if (card.state == CardState::kSlower && card.seconds) card.slowdown = forecast->slowdown;
  return card;
}

std::optional<int> longest_side(const Frontier& table, int other_px) {
  if (table.step <= 0) return std::nullopt;
  const int row_px = (other_px + table.step - 1) / table.step * table.step;
  std::optional<int> longest;
  for (int side = table.step; side <= table.max; side += table.step) {
    const FrontierCell* const cell = table.find({side, row_px});
    if (cell == nullptr || cell->state == FrontierCell::State::kNo) break;
    longest = side;
  }
  return longest;
}

namespace {

int area(const SizeCard& card) { return card.preset.size.width * card.preset.size.height; }

// The largest at full speed; of equal areas the first.
template <typename Cards>
auto* largest_at_full_speed(Cards& cards) {
  decltype(&cards[0]) best = nullptr;
  for (auto& card : cards) {
    if (runs_at_full_speed(card.state) && (best == nullptr || area(card) > area(*best)))
      best = &card;
  }
  return best;
}

}  // namespace

void mark_recommended(std::array<SizeCard, kSizePresets.size()>& cards) {
  for (SizeCard& card : cards) card.recommended = false;
  if (SizeCard* const best = largest_at_full_speed(cards)) best->recommended = true;
}

std::string critical_text(const Frontier& table) {
  if (!table.critical_point) return {};
  return to_string(*table.critical_point) + (table.critical_point->width == table.max ? "+" : "");
}

SizesLine describe_sizes(const std::array<SizeCard, kSizePresets.size()>& cards,
                         const Frontier* table) {
  const auto all = [&](auto&& is) { return std::all_of(cards.begin(), cards.end(), is); };
  const auto any = [&](auto&& is) { return std::any_of(cards.begin(), cards.end(), is); };
  if (any([](const SizeCard& c) { return c.state == CardState::kPending; })) return {};
  const CardState fits = any([](const SizeCard& c) { return c.state == CardState::kTight; })
                             ? CardState::kTight
                             : CardState::kFits;
  if (all([](const SizeCard& c) { return runs_at_full_speed(c.state); }))
    return {.kind = SizesLine::Kind::kAllFit, .state = fits};
  const SizeCard* const best = largest_at_full_speed(cards);
  if (best == nullptr) {
    const bool none = all([](const SizeCard& c) { return c.state == CardState::kShort; });
    return none ? SizesLine{.kind = SizesLine::Kind::kNone, .state = CardState::kShort}
                : SizesLine{.kind = SizesLine::Kind::kAllSlower, .state = CardState::kSlower};
  }
  const auto slowed = [](const SizeCard& c) { return !runs_at_full_speed(c.state); };
  if (any([&](const SizeCard& c) { return slowed(c) && area(c) < area(*best); }))
    return {SizesLine::Kind::kOnly, to_string(best->preset.size), fits};
  // The table also has squares between the presets, but may be slightly out of date.
  SizesLine line{SizesLine::Kind::kUpTo, to_string(best->preset.size), fits};
  if (table == nullptr || !table->critical_point) return line;
  const Size point = *table->critical_point;
  const int point_area = point.width * point.height;
  if (point_area >= area(*best) &&
      !any([&](const SizeCard& c) { return slowed(c) && area(c) <= point_area; }))
    line.size = critical_text(*table);
  return line;
}

bool is_beyond_training(Size size, const ModelInfo& model) {
  return std::int64_t{size.width} * size.height > 2 * model.trained_area_px;
}

}  // namespace headroom
