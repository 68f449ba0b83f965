#pragma once
#include "headroom/engine/model_offer.h"
#include "headroom/gui_state/size_cards.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// Whether this is what pictures are made with.
[[nodiscard]] bool is_opened(const ModelOffer& offer, const ModelOnDevice& opened);

// What the menu shows of `models`, by their places there: all that are here, or where they are
// many, the one that is opened and five more: those that were used last (`recent`, as SessionChoice
// has them, the newest last), then those that were found first,
// what can be opened before the rest.
[[nodiscard]] std::vector<std::size_t> menu_models(const std::vector<ModelOffer>& models,
                                                   const std::vector<std::string>& recent,
                                                   const ModelOnDevice& opened);

// "the text encoder, the VAE": the parts of a model by the names of diffusers' folders.
[[nodiscard]] Message say_missing(const std::vector<std::string>& parts);

// The five sizes as they stand for a model, kPending where that is not known.
[[nodiscard]] std::array<SizeCard, kSizePresets.size()> cards_of(const ModelOffer& offer);
// The largest of the square ones that fits.
[[nodiscard]] std::optional<Size> largest_square(const ModelOffer& offer);

// Whether each word of `filter` is in one of the texts, whatever the case of its letters.
[[nodiscard]] bool matches(const std::string& filter, const std::vector<std::string>& texts);

}  // namespace headroom
