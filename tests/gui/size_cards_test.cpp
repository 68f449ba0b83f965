#include "headroom/gui_state/size_cards.h"

#include "headroom/core/bytes.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

Forecast fitting(double slowdown, double seconds) {
  Forecast f;
  f.fits = true;
  f.slowdown = slowdown;
  f.plan.execution = {"evict-encoder"};
  f.plan.seconds = seconds;
  f.plan.peak_bytes = kGiB;
  f.budget.budget_bytes = 2 * kGiB;
  return f;
}

TEST(SizeCards, SayWhatTheForecastSays) {
  EXPECT_EQ(make_card(kSizePresets[0], nullptr).state, CardState::kPending);
  const Forecast fits = fitting(kSlowerThanResident, 6);
  EXPECT_EQ(make_card(kSizePresets[0], &fits).state, CardState::kFits);
  EXPECT_EQ(make_card(kSizePresets[0], &fits).seconds, 6.0);
  const Forecast slower = fitting(2.1, 6);
  EXPECT_EQ(make_card(kSizePresets[0], &slower).state, CardState::kSlower);
  EXPECT_EQ(make_card(kSizePresets[0], &slower).slowdown, 2.1);
  const Forecast guessed = fitting(2.1, 0);  // no run has told how long anything takes
  EXPECT_EQ(make_card(kSizePresets[0], &guessed).state, CardState::kSlower);
  EXPECT_EQ(make_card(kSizePresets[0], &guessed).slowdown, std::nullopt);
  Forecast no;
  no.shortfall_bytes = kGiB;
  no.suggestion = Size{512, 512};
  const SizeCard card = make_card(kSizePresets[2], &no);
  EXPECT_EQ(card.state, CardState::kShort);
  EXPECT_EQ(card.shortfall_bytes, kGiB);
  EXPECT_EQ(card.suggestion, (Size{512, 512}));
}

TEST(SizeCards, RecommendTheLargestThatFitsWithoutASlowRung) {
  std::array<SizeCard, 5> cards;
  for (std::size_t i = 0; i < 5; ++i) cards[i].preset = kSizePresets[i];
  mark_recommended(cards);
  for (const SizeCard& card : cards) EXPECT_FALSE(card.recommended);
  for (SizeCard& card : cards) card.state = CardState::kFits;
  cards[2].state = CardState::kSlower;
  mark_recommended(cards);
  // 768² and 1024×576 have the same area; the first one is taken.
  EXPECT_TRUE(cards[1].recommended);
  EXPECT_FALSE(cards[3].recommended);
  EXPECT_FALSE(cards[2].recommended);
}

// Fits up to an area of 512 x 1024.
Frontier table_of(int step) {
  return compute_frontier(step, 1024, [](Size size) {
    FrontierCell cell;
    if (size.width * size.height <= 512 * 1024) cell.state = FrontierCell::State::kFitsSlower;
    return cell;
  });
}

TEST(SizeCards, TheLongestSideFollowsTheOtherOne) {
  const Frontier table = table_of(64);
  EXPECT_EQ(longest_side(table, 512), 1024);
  EXPECT_EQ(longest_side(table, 640), 768);  // 512 * 1024 / 640 = 819.2, rounded down
  EXPECT_EQ(longest_side(table, 624), 768);  // as for 640: to the safe side
  EXPECT_EQ(longest_side(table, 64), 1024);  // the table ends there
  EXPECT_EQ(longest_side(table, 1088), std::nullopt);
  EXPECT_EQ(longest_side(table_of(256), 600), 512);
  EXPECT_EQ(longest_side(Frontier{}, 512), std::nullopt);
}

TEST(SizeCards, WhereNothingFitsThereIsNoLongestSide) {
  const Frontier nothing = compute_frontier(64, 512, [](Size) { return FrontierCell{}; });
  EXPECT_EQ(longest_side(nothing, 64), std::nullopt);
}

TEST(SizeCards, AFitIsTightAboveThisShareOfTheBudget) {
  Forecast f = fitting(1, 6);
  f.budget.budget_bytes = 100;
  f.plan.peak_bytes = 92;
  EXPECT_EQ(state_of(&f), CardState::kFits);
  f.plan.peak_bytes = 93;
  EXPECT_EQ(state_of(&f), CardState::kTight);
  f.slowdown = 1.06;
  EXPECT_EQ(state_of(&f), CardState::kSlower) << "to be slower weighs more";
  f.fits = false;
  EXPECT_EQ(state_of(&f), CardState::kShort);
  EXPECT_EQ(state_of(nullptr), CardState::kPending);
}

std::array<SizeCard, 5> cards_with(std::array<CardState, 5> states) {
  std::array<SizeCard, 5> cards;
  for (std::size_t i = 0; i < 5; ++i) {
    cards[i].preset = kSizePresets[i];
    cards[i].state = states[i];
  }
  return cards;
}

TEST(SizesHeading, SaysWhatTheCardsSay) {
  using Kind = SizesLine::Kind;
  constexpr auto kFits = CardState::kFits;
  constexpr auto kTight = CardState::kTight;
  constexpr auto kSlower = CardState::kSlower;
  constexpr auto kShort = CardState::kShort;
  const auto said = [](std::array<CardState, 5> states, const Frontier* table = nullptr) {
    return describe_sizes(cards_with(states), table);
  };
  EXPECT_EQ(said({kFits, kFits, CardState::kPending, kFits, kFits}).kind, Kind::kPending);
  EXPECT_EQ(said({kFits, kFits, kTight, kFits, kFits}).kind, Kind::kAllFit);
  EXPECT_EQ(said({kFits, kFits, kTight, kFits, kFits}).state, kTight) << "as that card says";
  EXPECT_EQ(said({kFits, kFits, kFits, kFits, kFits}).state, kFits);
  EXPECT_EQ(said({kTight, kTight, kSlower, kTight, kTight}).state, kTight);
  EXPECT_EQ(said({kSlower, kShort, kShort, kShort, kShort}).state, kSlower);
  EXPECT_EQ(said({kShort, kShort, kShort, kShort, kShort}).state, kShort);
  EXPECT_EQ(said({kFits, kFits, kSlower, kFits, kFits}).kind, Kind::kUpTo);
  EXPECT_EQ(said({kFits, kFits, kSlower, kFits, kFits}).size, "768×768");
  EXPECT_EQ(said({kSlower, kSlower, kFits, kFits, kFits}).kind, Kind::kOnly);
  EXPECT_EQ(said({kSlower, kSlower, kFits, kFits, kFits}).size, "1024×1024");
  EXPECT_EQ(said({kSlower, kSlower, kShort, kShort, kShort}).kind, Kind::kAllSlower);
  EXPECT_EQ(said({kShort, kShort, kShort, kShort, kShort}).kind, Kind::kNone);

  const auto up_to = [](int side) {
    return compute_frontier(64, 2048, [side](Size size) {
      FrontierCell cell;
      cell.state = size.width <= side && size.height <= side ? FrontierCell::State::kFits
                                                             : FrontierCell::State::kFitsSlower;
      return cell;
    });
  };
  const Frontier between = up_to(896);
  EXPECT_EQ(said({kFits, kFits, kSlower, kFits, kFits}, &between).size, "896×896");
  const Frontier stale = up_to(1216);
  EXPECT_EQ(said({kFits, kFits, kSlower, kFits, kFits}, &stale).size, "768×768")
      << "the card of 1024×1024 says otherwise";
  EXPECT_EQ(critical_text(stale), "1216×1216");
  EXPECT_EQ(critical_text(up_to(2048)), "2048×2048+") << "where the table ends is no limit";
  EXPECT_EQ(critical_text(up_to(0)), "");
}

TEST(SizeCards, TwiceTheAreaThatAModelWasMadeForIsBeyondIt) {
  ModelInfo model;
  EXPECT_FALSE(is_beyond_training({1024, 2048}, model));
  EXPECT_TRUE(is_beyond_training({1088, 2048}, model));
  EXPECT_TRUE(is_beyond_training({8192, 8192}, model));
  model.trained_area_px = 512 * 512;
  EXPECT_TRUE(is_beyond_training({1024, 1024}, model));
}

}  // namespace
}  // namespace headroom
