#pragma once
#include "headroom/core/size.h"

#include <optional>
#include <string_view>

namespace headroom {

// Settings as people type and paste them, in fields and as options: the number itself in all the
// forms of typed_numbers.h, with its unit ("30 steps", "1024px"), with its name ("Steps: 30",
// "--steps 30", "\"steps\": 30"), or among a picture's settings ("Steps: 30, Seed: 1, Size:
// 512x512"). A number under another name only ("Seed: 5" where steps are wanted) does not count,
// nor do several values that differ, nor an ambiguous number where a whole one is wanted ("1.024";
// see reads_two_ways()).

// What a number is wanted for: which names, units and sizes of a text count for it.
enum class NumberOf { kAnything, kWhole, kSteps, kGuidance, kCount, kWidth, kHeight };

struct TypedSetting {
  double value = 0;
  // Whether guidance was given as the usual CFG scale, which is `value` + 1.
  bool was_cfg_scale = false;
  // The other side, if the text gave both: for "1024x768" where a width is wanted, 768.
  std::optional<double> other_side{};
  friend bool operator==(const TypedSetting&, const TypedSetting&) = default;
};

// Checks no limits, and does not require whole numbers. Empty if the text has no such number.
[[nodiscard]] std::optional<TypedSetting> parse_setting(NumberOf of, std::string_view text);

// "1024x768", "1024 × 768", "832*1216", "1024px x 768px", "(1152, 896)", "Size: 1024x768", "Width:
// 1024, Height: 768". Empty unless the text has two whole numbers from 0 to 2^31 - 1.
[[nodiscard]] std::optional<Size> parse_typed_size(std::string_view text);

}  // namespace headroom
