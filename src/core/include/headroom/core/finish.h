#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/size.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace headroom {

// Finishing: one of many small pictures, chosen to be kept, is made anew at a larger size.

// How the larger picture is made.
struct FinishMethod {
  // Set: the picture is enlarged and denoised again with this strength (see
  // GenerationRequest::strength), so that its composition stays. Empty: its settings are run from
  // its seed at the larger size.
  std::optional<double> refine{};
  // Not empty: an upscaler's file, kLanczos or a program enlarges it, and no model makes it anew;
  // `refine` is nothing then.
  std::string upscaler{};
  friend bool operator==(const FinishMethod&, const FinishMethod&) = default;
};

// "same-seed", "refine:0.35" or "upscaler:x4plus.pth": as people type it and as pictures record it,
// which name files without their folders.
[[nodiscard]] std::string to_string(const FinishMethod& method);
// Reads such a text. Empty for other texts, for strengths that are not above 0 and at most 1, and
// for an upscaler without a name.
[[nodiscard]] std::optional<FinishMethod> parse_finish_method(std::string_view text);

// How large it becomes. A factor or one side keeps the picture's shape; a Size names both sides.
struct Times {
  double factor = 2;  // of both sides
  friend bool operator==(const Times&, const Times&) = default;
};
// The longer side of the result, in px.
struct LongerSide {
  int px = 0;
  friend bool operator==(const LongerSide&, const LongerSide&) = default;
};
using FinishSize = std::variant<Times, LongerSide, Size>;

// "2x", "1024" or "1024x576"; empty for other texts.
[[nodiscard]] std::optional<FinishSize> parse_finish_size(std::string_view text);

// The size of the finished picture. A Size is taken as it is; all others are rounded to the
// nearest multiples of `unit`.
[[nodiscard]] Size finished_size(Size picture, const FinishSize& wanted, int unit);

// How many times as large an upscaler makes a picture for `wanted`: 2, 3 or 4. Nothing if it is
// none of these.
[[nodiscard]] std::optional<int> upscaled_times(Size picture, const FinishSize& wanted);

// The request that finishes a picture by the model: one picture of `size`, with the origin in its
// settings. `settings` are the picture's own, with its own seed and without a start picture.
// `picture` is its file. `enlarged` has its pixels at `size`, from which a refined picture starts;
// without it the start has only a size, which is all that checks and forecasts need.
[[nodiscard]] GenerationRequest finish_request(GenerationRequest settings,
                                               const FinishMethod& method, Size size,
                                               InitImage::File picture, Image enlarged = {});

}  // namespace headroom
