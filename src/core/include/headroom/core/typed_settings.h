#pragma once
#include "headroom/core/size.h"

#include <optional>
#include <string_view>

namespace headroom {

// Settings as people type and paste them, for fields and options alike: the number itself in all
// the ways of typed_numbers.h, with its unit ("30 steps", "1024px"), under its name ("Steps: 30",
// "--steps 30", "\"steps\": 30"), or in the middle of a picture's text ("Steps: 30, Seed: 1, Size:
// 512x512"). Under another's name only ("Seed: 5" where steps are wanted), or with several values
// that differ, it is none.

enum class NumberOf { kAnything, kSteps, kGuidance, kCount, kWidth, kHeight };

struct TypedSetting {
  double value = 0;
  // Guidance that was given as the usual CFG scale, which is one more than `value`.
  bool was_cfg_scale = false;
  // A side that came with the other one: "1024x768" where a width is wanted has the height 768.
  std::optional<double> other_side{};
  friend bool operator==(const TypedSetting&, const TypedSetting&) = default;
};

// Within no limits, and whole only where it was written so.
[[nodiscard]] std::optional<TypedSetting> parse_setting(NumberOf of, std::string_view text);

// "1024x768", "1024 × 768", "832*1216", "1024px x 768px", "(1152, 896)", "Size: 1024x768", "Width:
// 1024, Height: 768". Nothing if the text has not two whole numbers from 0 to 2^31 - 1.
[[nodiscard]] std::optional<Size> parse_typed_size(std::string_view text);

}  // namespace headroom
