#include "headroom/gui_state/model_list.h"

#include "headroom/core/lower_case.h"

#include <algorithm>
#include <sstream>

namespace headroom {
namespace {

constexpr std::size_t kInMenu = 5;  // besides the opened one

}  // namespace

bool is_opened(const ModelOffer& offer, const ModelOnDevice& opened) {
  return offer.is_here && (offer.model == opened.choice.model || offer.place == opened.model.path);
}

std::vector<std::size_t> menu_models(const std::vector<ModelOffer>& models,
                                     const std::vector<std::string>& recent,
                                     const ModelOnDevice& opened) {
  std::vector<std::size_t> here;
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i].is_here) here.push_back(i);
  }
  const std::size_t all = kInMenu + 1;
  const auto add = [&](std::size_t index) {
    if (shown.size() < all && std::ranges::find(shown, index) == shown.end())
      shown.push_back(index);
  };
  for (const std::size_t i : here) {
    if (is_opened(models[i], opened)) add(i);
  }
  for (auto used = recent.rbegin(); used != recent.rend(); ++used) {
    for (const std::size_t i : here) {
      if (models[i].model == *used) add(i);
    }
  }
  for (const std::size_t i : here) {
    if (models[i].problem.empty()) add(i);
  }
  for (const std::size_t i : here) add(i);
  std::ranges::sort(shown);  // so that their order does not depend on use
  return shown;
}

Message say_missing(const std::vector<std::string>& parts) {
  std::vector<Message> names;
  names.reserve(parts.size());
  for (const std::string& part : parts) {
    names.push_back(part == "transformer"    ? say("the transformer")
                    : part == "text_encoder" ? say("the text encoder")
                    : part == "vae"          ? say("the VAE")
                                             : say("the tokenizer"));
  }
  return say_list(names);
}

void judge_opened(std::vector<ModelOffer>& offers, const ModelOnDevice& opened,
                  const PresetForecasts& presets) {
  const bool is_known =
      std::ranges::all_of(presets, [](const Forecast* forecast) { return forecast != nullptr; });
  // Such a forecast is about a LoRA or the settings, not about what the model needs.
  const bool has_amounts = is_known && std::ranges::all_of(presets, [](const Forecast* forecast) {
                             return forecast->fits || forecast->shortfall_bytes > 0;
                           });
  if (is_known && !has_amounts) return;
  for (ModelOffer& offer : offers) {
    if (!is_opened(offer, opened) || !offer.problem.empty()) continue;
    offer.presets.clear();
    offer.is_judged = offer.is_judged && is_known;
    for (const Forecast* const forecast : presets) {
      if (is_known) offer.presets.push_back(*forecast);
    }
  }
}

std::array<SizeCard, kSizePresets.size()> cards_of(const ModelOffer& offer) {
  std::array<SizeCard, kSizePresets.size()> cards;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    cards[i] = make_card(kSizePresets[i], i < offer.presets.size() ? &offer.presets[i] : nullptr);
  }
  return cards;
}

std::optional<Size> largest_square(const ModelOffer& offer) {
  std::optional<Size> largest;
  for (std::size_t i = 0; i < offer.presets.size() && i < kSizePresets.size(); ++i) {
    const Size size = kSizePresets[i].size;
    const bool larger = !largest || size.width > largest->width;
    if (offer.presets[i].fits && size.width == size.height && larger) largest = size;
  }
  return largest;
}

bool matches(const std::string& filter, const std::vector<std::string>& texts) {
  std::istringstream words(lower_ascii(filter));
  for (std::string word; words >> word;) {
    const bool is_there = std::ranges::any_of(texts, [&](const std::string& text) {
      return lower_ascii(text).find(word) != std::string::npos;
    });
    if (!is_there) return false;
  }
  return true;
}

}  // namespace headroom
