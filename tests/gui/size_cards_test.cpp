#include "size_cards.h"

#include "headroom/core/bytes.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

Forecast fitting(double slowdown, double seconds) {
  Forecast f;
  f.fits = true;
  f.slowdown = slowdown;
  f.plan.rungs = {"evict-encoder"};
  f.plan.seconds = seconds;
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

TEST(SizeCards, ColourOfALoadFollowsTheBudget) {
  EXPECT_EQ(load_of(92, 100), Load::kEasy);
  EXPECT_EQ(load_of(93, 100), Load::kTight);
  EXPECT_EQ(load_of(100, 100), Load::kTight);
  EXPECT_EQ(load_of(101, 100), Load::kTooMuch);
  EXPECT_EQ(load_of(1, -5), Load::kTooMuch);
}

}  // namespace
}  // namespace headroom
