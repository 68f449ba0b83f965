#pragma once
#include "headroom/gui_state/start_picture.h"
#include "headroom/gui_state/ui_state.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

inline constexpr int kVariations = 4;
inline constexpr double kVariationStrength = 0.3;

// A request for variations of `picture`: its settings, and its noise mixed with that of seeds from
// `seed` on. For a picture that is a variation itself, further variations of its original.
[[nodiscard]] GenerationRequest variations_of(const FinishedPicture& picture, std::uint64_t seed);

// The picture's settings with another seed, and as many pictures as its job had.
[[nodiscard]] GenerationRequest more_like(const FinishedPicture& picture);

// The settings of this one picture: a run of them makes it and no other.
[[nodiscard]] GenerationRequest settings_of(const FinishedPicture& picture);

// How a picture was enlarged, as in Origin::how: "upscale:NAME:2", or "upscale:NAME:2:4" if it was
// enlarged before and is now four times as large as what the model made.
[[nodiscard]] std::string how_upscaled(const Upscale& upscale, int times_of_model);
// How many times as large as what the model made a picture of `request` is; 1: the model made it.
[[nodiscard]] int times_of_model(const GenerationRequest& request);

// Pictures made by repainting a part of the present start picture.
struct RepaintResults {
  std::vector<std::size_t> pictures;  // indices in the window's pictures, ascending
  std::size_t at = 0;                 // the selected one
};
// Nothing when the selected picture is not one of them.
[[nodiscard]] std::optional<RepaintResults> repaint_results(const UiState& state);

}  // namespace headroom
