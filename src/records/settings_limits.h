#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/size.h"
#include "headroom/records/read_settings.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace headroom {

// What a picture's settings may hold: the same limits as validate() has for any model.
struct IntRange {
  std::int64_t low;
  std::int64_t high;
};
struct RealRange {
  double low;
  double high;
};
inline constexpr IntRange kSideRange_px{kMinSide_px, kMaxSide_px};
inline constexpr IntRange kStepsRange{1, kMaxSteps};
inline constexpr IntRange kCountRange{1, kMaxCount};
inline constexpr RealRange kGuidanceRange{kMinGuidance, kMaxGuidance};
inline constexpr RealRange kCfgNormalizationRange{0, 1000};
inline constexpr RealRange kCfgTruncationRange{0, 1000};
inline constexpr RealRange kShiftRange{0.01, 100};

// "8", "3.5": the shortest text that reads back as the same number, whatever the locale.
[[nodiscard]] std::string number_text(double value);

// Throws Error{kInvalidRequest}: settings: "KEY" is VALUE; it must be ALLOWED.
[[noreturn]] void refuse_setting(std::string_view key, std::string_view value,
                                 std::string_view allowed);

// "a whole number from 1 to 1000", "a number from 0 to 100".
[[nodiscard]] std::string allowed_text(IntRange range);
[[nodiscard]] std::string allowed_text(RealRange range);

// Notes which prompts were found; a prompt that is too long for a request is moved to `unknown`.
void take_prompts(ReadSettings& settings);

}  // namespace headroom
