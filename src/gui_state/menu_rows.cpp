#include "headroom/gui_state/menu_rows.h"

#include <algorithm>

namespace headroom {
namespace {

ModelOffer offer_of(const ModelOnDevice& opened) {
  ModelOffer offer;
  offer.model = opened.choice.model;
  offer.name = opened.model.name;
  offer.place = opened.model.path;
  offer.is_starter = opened.model.is_starter;
  return offer;
}

}  // namespace

void MenuRows::follow(const std::vector<ModelOffer>& found, const std::vector<std::string>& recent,
                      const ModelOnDevice& opened) {
  const auto is_row = [&](const ModelOffer& row, const ModelOffer& offer) {
    return is_same(row, offer) || (is_opened(row, opened) && is_opened(offer, opened));
  };
  if (rows_.empty() && std::ranges::none_of(found, [&](const ModelOffer& offer) {
        return is_opened(offer, opened);
      })) {
    rows_.push_back(offer_of(opened));
  }
  for (ModelOffer& row : rows_) {
    const auto now =
        std::ranges::find_if(found, [&](const ModelOffer& offer) { return is_row(row, offer); });
    if (now != found.end()) row = *now;
  }
  for (const std::size_t i : menu_models(found, recent, opened)) {
    const bool is_there =
        std::ranges::any_of(rows_, [&](const ModelOffer& row) { return is_row(row, found[i]); });
    if (!is_there) rows_.push_back(found[i]);
  }
}

}  // namespace headroom
