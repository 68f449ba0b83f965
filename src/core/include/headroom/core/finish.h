#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/size.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace headroom {

// Finishing: a picture that was kept of many small ones is made anew at a larger size.

inline constexpr double kDefaultRefineStrength = 0.35;

// How it is made anew.
struct FinishMethod {
  // Enlarged, the picture goes through so much of the noise schedule, as
  // GenerationRequest::strength has it: its composition stays. Nothing: its settings are run at the
  // larger size, from the seed.
  std::optional<double> refine = kDefaultRefineStrength;
  friend bool operator==(const FinishMethod&, const FinishMethod&) = default;
};

// "same-seed" or "refine:0.35": as it is typed, and as pictures record it.
[[nodiscard]] std::string to_string(const FinishMethod& method);
// The way back; "refine" alone has the default strength. Nothing for other texts and for strengths
// that are not above 0 and at most 1.
[[nodiscard]] std::optional<FinishMethod> parse_finish_method(std::string_view text);

// How large it becomes: its shape stays, but for a size that names both sides.
struct Times {
  double factor = 2;  // of both sides
  friend bool operator==(const Times&, const Times&) = default;
};
struct LongerSide {
  int px = 0;
  friend bool operator==(const LongerSide&, const LongerSide&) = default;
};
using FinishSize = std::variant<Times, LongerSide, Size>;

// "2x", "1024" or "1024x576"; nothing for other texts.
[[nodiscard]] std::optional<FinishSize> parse_finish_size(std::string_view text);

// The size of the finished picture: a Size is taken as it is, all others are brought to the nearest
// multiples of `unit`.
[[nodiscard]] Size finished_size(Size picture, const FinishSize& wanted, int unit);

// The request that finishes a picture: one picture of `size`, with the origin in its settings.
// `settings` are the picture's own, with its own seed and without a start. `picture` is its file,
// `enlarged` its pixels at `size`, which a refined one starts from: without them the start has only
// its size, which is all that checks and forecasts ask for.
[[nodiscard]] GenerationRequest finish_request(GenerationRequest settings,
                                               const FinishMethod& method, Size size,
                                               InitImage::File picture, Image enlarged = {});

}  // namespace headroom
