#include "headroom/gui_state/model_list.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

ModelOffer offer(const std::string& model, bool here = true) {
  ModelOffer made;
  made.model = made.name = model;
  made.place = "/models/" + model;
  made.is_here = here;
  return made;
}

ModelOnDevice opened(const std::string& model, const std::string& path = {}) {
  ModelOnDevice made;
  made.choice.model = model;
  made.model.path = path;
  return made;
}

std::vector<ModelOffer> many() {
  std::vector<ModelOffer> all;
  for (const char* const name : {"a", "b", "c", "d", "e", "f", "g", "h", "i"})
    all.push_back(offer(name));
  all.push_back(offer("known", false));
  return all;
}

using Places = std::vector<std::size_t>;

TEST(ModelList, TheMenuShowsAllThatAreHereAsLongAsTheyAreFew) {
  const std::vector<ModelOffer> few{offer("a"), offer("known", false), offer("b")};
  EXPECT_EQ(menu_models(few, {}, opened("b")), (Places{0, 2}));
  EXPECT_TRUE(menu_models({}, {"a"}, opened("a")).empty());
}

TEST(ModelList, OfManyTheMenuKeepsTheOpenedOneAndTheLastFive) {
  EXPECT_EQ(menu_models(many(), {}, opened("i")), (Places{0, 1, 2, 3, 4, 8}));
  // The oldest of six gives way; what is gone from the disk takes no place.
  EXPECT_EQ(menu_models(many(), {"a", "gone", "h", "g", "f", "e", "d"}, opened("i")),
            (Places{3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(menu_models(many(), {"h", "i"}, opened("other", "/models/i")),
            (Places{0, 1, 2, 3, 7, 8}))
      << "the rest is filled with those that were found first";
}

TEST(ModelList, WhatCannotBeOpenedTakesNoPlaceFromWhatCan) {
  std::vector<ModelOffer> models = many();
  models[0].problem = models[2].problem = say("it is damaged");
  EXPECT_EQ(menu_models(models, {}, opened("i")), (Places{1, 3, 4, 5, 6, 8}));
  models.resize(4);
  EXPECT_EQ(menu_models(models, {}, opened("b")), (Places{0, 1, 2, 3})) << "where there is room";
}

TEST(ModelList, AnOfferIsTheOpenedModelByItsNameOrItsPlace) {
  EXPECT_TRUE(is_opened(offer("a"), opened("a")));
  EXPECT_TRUE(is_opened(offer("a"), opened("name/of-it", "/models/a")));
  EXPECT_FALSE(is_opened(offer("a"), opened("b", "/models/b")));
  EXPECT_FALSE(is_opened(offer("a", false), opened("a"))) << "that one is not here";
}

TEST(ModelList, SizesAreNotKnownUntilTheyAreJudged) {
  ModelOffer model = offer("a");
  for (const SizeCard& card : cards_of(model)) EXPECT_EQ(card.state, CardState::kPending);
  EXPECT_FALSE(largest_square(model));
  model.presets.resize(kSizePresets.size());
  for (std::size_t i = 0; i < model.presets.size(); ++i) {
    model.presets[i].fits = kSizePresets[i].size.width <= 768 || i > 2;
    model.presets[i].budget.budget_bytes = 100;
  }
  EXPECT_EQ(cards_of(model)[0].state, CardState::kFits);
  EXPECT_EQ(cards_of(model)[2].state, CardState::kShort);
  EXPECT_EQ(largest_square(model), (Size{768, 768})) << "16:9 fits, but is no square";
}

TEST(ModelList, TheOpenedModelIsJudgedByTheWindowsForecasts) {
  ModelOffer broken = offer("b");
  broken.problem = say("it is damaged");
  std::vector<ModelOffer> models{offer("a"), offer("b"), broken};
  for (ModelOffer& model : models) {
    model.is_judged = true;
    model.presets.resize(kSizePresets.size());
    for (Forecast& forecast : model.presets) forecast.plan.peak_bytes = 7;
  }
  const auto needs = [](const ModelOffer& model) {
    return model.presets.empty() ? -1 : model.presets.back().plan.peak_bytes;
  };
  std::array<Forecast, kSizePresets.size()> typed;
  PresetForecasts presets{};
  for (std::size_t i = 0; i < typed.size(); ++i) {
    typed[i].plan.peak_bytes = 8;
    typed[i].shortfall_bytes = 1;
    presets[i] = &typed[i];
  }
  judge_opened(models, opened("b", "/models/b"), presets);
  EXPECT_EQ(needs(models[0]), 7);
  EXPECT_EQ(needs(models[1]), 8);
  EXPECT_EQ(needs(models[2]), 7) << "that one is broken";
  EXPECT_TRUE(models[1].is_judged);
  typed[1].shortfall_bytes = 0;  // a LoRA that cannot be read
  typed[4].plan.peak_bytes = 9;
  judge_opened(models, opened("b"), presets);
  EXPECT_EQ(needs(models[1]), 8);
  presets[3] = nullptr;
  judge_opened(models, opened("b"), presets);
  EXPECT_TRUE(models[1].presets.empty()) << "no other amount meanwhile";
  EXPECT_FALSE(models[1].is_judged);
  EXPECT_TRUE(models[0].is_judged);
}

TEST(ModelList, AFilterIsWordsInAnyCaseAndPlace) {
  EXPECT_TRUE(matches("", {"Turbo"}));
  EXPECT_TRUE(matches("  turbo Q4 ", {"Z-Image-Turbo", "/models/x", "Q4_K"}));
  EXPECT_FALSE(matches("turbo q8", {"Z-Image-Turbo", "Q4_K"}));
  EXPECT_TRUE(matches("水墨", {"styles/水墨"}));
}

TEST(ModelList, PartsAreSaidByTheirNames) {
  EXPECT_EQ(say_missing({"transformer", "text_encoder", "vae", "tokenizer"}).english(),
            "the transformer, the text encoder, the VAE, the tokenizer");
}

}  // namespace
}  // namespace headroom
