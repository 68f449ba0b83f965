#include "size_cards.h"

#include <algorithm>

namespace headroom {

bool is_slow_rung(const std::string& rung) {
  return rung.starts_with("stream-") || rung == "cpu-decode";
}

SizeCard make_card(const SizePreset& preset, const Forecast* forecast) {
  SizeCard card;
  card.preset = preset;
  if (forecast == nullptr) return card;
  card.peak_bytes = forecast->plan.peak_bytes;
  card.rungs = forecast->plan.rungs;
  card.budget = forecast->budget;
  if (forecast->fits && forecast->plan.seconds > 0) card.seconds = forecast->plan.seconds;
  if (!forecast->fits) {
    card.state = CardState::kShort;
    card.shortfall_bytes = forecast->shortfall_bytes;
    card.suggestion = forecast->suggestion;
  } else {
    // The rule of the frontier, so that cards, limits and critical point agree.
    const bool slower = forecast->slowdown > kSlowerThanResident;
    card.state = slower ? CardState::kSlower : CardState::kFits;
    if (slower && card.seconds) card.slowdown = forecast->slowdown;
  }
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

void mark_recommended(std::array<SizeCard, kSizePresets.size()>& cards) {
  SizeCard* best = nullptr;
  const auto area = [](const SizeCard& c) { return c.preset.size.width * c.preset.size.height; };
  for (SizeCard& card : cards) {
    card.recommended = false;
    if (card.state != CardState::kFits) continue;
    if (best == nullptr || area(card) > area(*best)) best = &card;
  }
  if (best != nullptr) best->recommended = true;
}

Load load_of(std::int64_t peak_bytes, std::int64_t budget_bytes) {
  if (peak_bytes > budget_bytes) return Load::kTooMuch;
  return static_cast<double>(peak_bytes) > 0.92 * static_cast<double>(budget_bytes) ? Load::kTight
                                                                                    : Load::kEasy;
}

}  // namespace headroom
