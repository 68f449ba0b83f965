#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/size.h"
#include "headroom/memory/budget.h"
#include "headroom/memory/forecaster.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// The state of a size with the present memory. Heading, cards, plan line and gauge all take their
// words and colours from it.
enum class CardState {
  kPending,
  kFits,
  kTight,   // fits, but needs nearly all of the budget
  kSlower,  // fits with a noticeably slower plan, see kSlowerThanResident
  kShort
};
// The state for a forecast; kPending for null.
[[nodiscard]] CardState state_of(const Forecast* forecast);
[[nodiscard]] constexpr bool runs_at_full_speed(CardState state) {
  return state == CardState::kFits || state == CardState::kTight;
}

// The content of one of the five size buttons.
struct SizeCard {
  SizePreset preset;
  CardState state = CardState::kPending;
  std::int64_t peak_bytes = 0;
  std::int64_t shortfall_bytes = 0;
  std::optional<double> seconds;
  bool seconds_are_estimated = false;
  std::optional<double> slowdown;  // relative to a run with all networks resident
  Plan plan;
  std::optional<Size> suggestion;
  Budget budget;  // that was used for the state
  bool recommended = false;
};

// Forecasts of the five sizes; null: not known yet.
using PresetForecasts = std::array<const Forecast*, kSizePresets.size()>;

// Whether an execution option costs noticeable time.
[[nodiscard]] bool is_slow_option(const std::string& option);

// The card of a preset; null: its forecast is not known yet.
[[nodiscard]] SizeCard make_card(const SizePreset& preset, const Forecast* forecast);

// The longest side that fits beside one of `other_px`, according to the table, rounded to its
// steps on the safe side. Nothing when not even the shortest fits, or when `other_px` is not in
// the table.
[[nodiscard]] std::optional<int> longest_side(const Frontier& table, int other_px);

// Marks the largest preset that fits at full speed; of equal areas the first one.
void mark_recommended(std::array<SizeCard, kSizePresets.size()>& cards);

// The summary of the five cards, for the heading above them.
struct SizesLine {
  enum class Kind {
    kPending,
    kAllFit,     // all fit at full speed
    kUpTo,       // `size` and smaller ones run at full speed
    kOnly,       // `size` runs at full speed, but smaller ones do not: their copies are not hidden
    kAllSlower,  // what fits is slower
    kNone        // nothing fits
  };
  Kind kind = Kind::kPending;
  std::string size{};  // "768×768"; "2048×2048+" at the end of the table
  // State of the summary: kTight if one of the sizes at full speed is tight.
  CardState state = CardState::kPending;
};
[[nodiscard]] SizesLine describe_sizes(const std::array<SizeCard, kSizePresets.size()>& cards,
                                       const Frontier* table);
// The largest square at full speed in the table; with a plus sign at the end of the table, which
// is no limit. Empty when there is none.
[[nodiscard]] std::string critical_text(const Frontier& table);

// Whether the area is more than twice that of the training pictures, so that parts may repeat.
[[nodiscard]] bool is_beyond_training(Size size, const ModelInfo& model);

}  // namespace headroom
