#pragma once
#include "headroom/core/size.h"
#include "headroom/memory/forecast.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

enum class CardState { kPending, kFits, kSlower, kShort };

// What one of the five size buttons shows.
struct SizeCard {
  SizePreset preset;
  CardState state = CardState::kPending;
  std::int64_t peak_bytes = 0;
  std::int64_t shortfall_bytes = 0;
  std::optional<double> seconds;
  std::optional<double> slowdown;  // how many times the seconds of a run with all resident
  std::vector<std::string> rungs;
  std::optional<Size> suggestion;
  Budget budget;  // that it was judged by
  bool recommended = false;
};

// True for rungs of the memory ladder that cost noticeable time.
[[nodiscard]] bool is_slow_rung(const std::string& rung);

[[nodiscard]] SizeCard make_card(const SizePreset& preset, const Forecast* forecast);

// The longest side that fits beside one of `other_px`, as far as the table tells: its steps are
// rounded to the safe side. Nothing when not even the shortest fits or it is not in the table.
[[nodiscard]] std::optional<int> longest_side(const Frontier& table, int other_px);

// Marks the largest preset that fits without slowing down; of two equal areas, the first.
void mark_recommended(std::array<SizeCard, kSizePresets.size()>& cards);

// How full the budget would be: for the colours green, amber (above 92 %) and red (above 100 %).
enum class Load { kEasy, kTight, kTooMuch };
[[nodiscard]] Load load_of(std::int64_t peak_bytes, std::int64_t budget_bytes);

}  // namespace headroom
