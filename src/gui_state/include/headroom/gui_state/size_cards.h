#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/size.h"
#include "headroom/memory/budget.h"
#include "headroom/memory/forecast.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// What is to be said of a size with the memory of this moment: the one source of words and colours
// for the heading, the cards, the plan line and the gauge.
enum class CardState {
  kPending,
  kFits,
  kTight,   // fits, and takes nearly all that can be used
  kSlower,  // fits with a plan that takes noticeably longer, see kSlowerThanResident
  kShort
};
[[nodiscard]] CardState state_of(const Forecast* forecast);
[[nodiscard]] constexpr bool runs_at_full_speed(CardState state) {
  return state == CardState::kFits || state == CardState::kTight;
}

// What one of the five size buttons shows.
struct SizeCard {
  SizePreset preset;
  CardState state = CardState::kPending;
  std::int64_t peak_bytes = 0;
  std::int64_t shortfall_bytes = 0;
  std::optional<double> seconds;
  bool seconds_are_estimated = false;
  std::optional<double> slowdown;  // how many times the seconds of a run with all resident
  Plan plan;
  std::optional<Size> suggestion;
  Budget budget;  // that it was judged by
  bool recommended = false;
};

// True for execution options that cost noticeable time.
[[nodiscard]] bool is_slow_option(const std::string& option);

[[nodiscard]] SizeCard make_card(const SizePreset& preset, const Forecast* forecast);

// The longest side that fits beside one of `other_px`, as far as the table tells: its steps are
// rounded to the safe side. Nothing when not even the shortest fits or it is not in the table.
[[nodiscard]] std::optional<int> longest_side(const Frontier& table, int other_px);

// Marks the largest preset that fits without slowing down; of two equal areas, the first.
void mark_recommended(std::array<SizeCard, kSizePresets.size()>& cards);

// What the five cards together say, for the heading above them.
struct SizesLine {
  enum class Kind {
    kPending,
    kAllFit,     // all of them, without slowing down
    kUpTo,       // `size` and what is smaller runs without slowing down
    kOnly,       // `size` does, though smaller ones do not: their copies do not hide
    kAllSlower,  // what fits is slowed down
    kNone        // nothing fits
  };
  Kind kind = Kind::kPending;
  std::string size{};  // "768×768"; "2048×2048+" where the table ends
  // Of all that is said: of sizes that run at full speed, kTight where one of them is.
  CardState state = CardState::kPending;
};
[[nodiscard]] SizesLine describe_sizes(const std::array<SizeCard, kSizePresets.size()>& cards,
                                       const Frontier* table);
// The largest square that runs without slowing down as far as the table tells, with a plus sign
// where the table ends: that is no limit. Empty when there is none.
[[nodiscard]] std::string critical_text(const Frontier& table);

// More than twice the area of the pictures that the model was made with: parts will repeat.
[[nodiscard]] bool is_beyond_training(Size size, const ModelInfo& model);

}  // namespace headroom
