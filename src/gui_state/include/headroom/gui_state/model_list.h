#pragma once
#include "headroom/engine/model_offer.h"
#include "headroom/gui_state/size_cards.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// Whether `offer` is the model that is opened.
[[nodiscard]] bool is_opened(const ModelOffer& offer, const ModelOnDevice& opened);

// Which of `models` the menu shows, as indices: all that are present, or if there are many, the
// opened one and five more: those used last (`recent`, in the form of SessionChoice, newest last),
// then those found first, where models that can be opened come before others.
[[nodiscard]] std::vector<std::size_t> menu_models(const std::vector<ModelOffer>& models,
                                                   const std::vector<std::string>& recent,
                                                   const ModelOnDevice& opened);

// "the text encoder, the VAE": parts of a model given by the names of diffusers' folders.
[[nodiscard]] Message say_missing(const std::vector<std::string>& parts);

// Gives the opened model the window's own forecasts, which are made for the prompt and settings
// that are typed. Searches judge each model with its usual ones, so its row would say other amounts
// than cards and plan line.
void judge_opened(std::vector<ModelOffer>& offers, const ModelOnDevice& opened,
                  const PresetForecasts& presets);

// The five sizes' states for a model; kPending where not known.
[[nodiscard]] std::array<SizeCard, kSizePresets.size()> cards_of(const ModelOffer& offer);
// The largest square preset that fits.
[[nodiscard]] std::optional<Size> largest_square(const ModelOffer& offer);

// Whether each word of `filter` occurs in one of the texts, ignoring case.
[[nodiscard]] bool matches(const std::string& filter, const std::vector<std::string>& texts);

}  // namespace headroom
