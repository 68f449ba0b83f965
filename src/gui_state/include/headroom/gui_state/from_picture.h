#pragma once
#include "headroom/gui_state/start_picture.h"
#include "headroom/gui_state/ui_state.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace headroom {

inline constexpr int kVariations = 4;
inline constexpr double kVariationStrength = 0.3;

// Pictures that are like `picture`: its settings, and its noise on the way to that of other seeds
// from `seed` on. Of a picture that is a variation itself, they are further ones of its original.
[[nodiscard]] GenerationRequest variations_of(const FinishedPicture& picture, std::uint64_t seed);

// As many as its job made, with another seed.
[[nodiscard]] GenerationRequest more_like(const FinishedPicture& picture);

// The settings of `picture` alone: what asks for it again makes it and no other.
[[nodiscard]] GenerationRequest settings_of(const FinishedPicture& picture);

// Pictures in which a part of the picture that the next one starts from was painted anew.
struct RepaintResults {
  std::vector<std::size_t> pictures;  // of the window's, in their order
  std::size_t at = 0;                 // which of them is selected
};
// Nothing when the selected picture is none of them.
[[nodiscard]] std::optional<RepaintResults> repaint_results(const UiState& state);

}  // namespace headroom
