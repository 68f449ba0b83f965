#include "forecast_cache.h"

#include "headroom/core/bytes.h"

#include "size_cards.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

MemorySnapshot memory(std::int64_t total, std::int64_t free, std::int64_t weights = 0) {
  MemorySnapshot m;
  m.total = total;
  m.free = free;
  m.weights = weights;
  return m;
}

GenerationRequest request(int side) {
  GenerationRequest r;
  r.width = r.height = side;
  return r;
}

class Cache : public testing::Test {
 protected:
  int asked_ = 0;
  ForecastCache cache_{[this](const GenerationRequest& r, const MemorySnapshot& m) {
    ++asked_;
    Forecast f;
    f.plan.width = r.width;
    f.budget.free_bytes = m.free;
    return f;
  }};
};

TEST_F(Cache, AsksForOneNewForecastAFrame) {
  cache_.begin_frame(memory(6 * kGiB, 5 * kGiB));
  ASSERT_NE(cache_.get(request(512)), nullptr);
  EXPECT_EQ(cache_.get(request(768)), nullptr);
  EXPECT_TRUE(cache_.pending());
  EXPECT_EQ(asked_, 1);
  cache_.begin_frame(memory(6 * kGiB, 5 * kGiB));
  EXPECT_EQ(cache_.get(request(512))->plan.width, 512);
  ASSERT_NE(cache_.get(request(768)), nullptr);
  EXPECT_EQ(cache_.get(request(768))->plan.width, 768);
  EXPECT_FALSE(cache_.pending());
  EXPECT_EQ(asked_, 2);
}

TEST_F(Cache, AsksAgainWhenToldThatSomethingIsNew) {
  cache_.begin_frame(memory(6 * kGiB, 5 * kGiB));
  (void)cache_.get(request(512));
  cache_.refresh();
  cache_.begin_frame(memory(6 * kGiB, 5 * kGiB));
  (void)cache_.get(request(512));
  EXPECT_EQ(asked_, 2);
  cache_.begin_frame(memory(6 * kGiB, 5 * kGiB));
  (void)cache_.get(request(512));
  EXPECT_EQ(asked_, 2);
}

TEST_F(Cache, AsksAgainWhenUsableMemoryMovesAndShowsTheOldUntilThen) {
  cache_.begin_frame(memory(6 * kGiB, 5 * kGiB));
  (void)cache_.get(request(512));
  cache_.begin_frame(memory(6 * kGiB, 5 * kGiB));
  (void)cache_.get(request(768));
  cache_.begin_frame(memory(6 * kGiB, 4 * kGiB));
  EXPECT_EQ(cache_.get(request(512))->budget.free_bytes, 4 * kGiB);
  EXPECT_EQ(cache_.get(request(768))->budget.free_bytes, 5 * kGiB);
  EXPECT_TRUE(cache_.pending());
  EXPECT_EQ(asked_, 3);
}

TEST_F(Cache, IgnoresSmallMovesAndWorkingMemoryOfOurOwn) {
  cache_.begin_frame(memory(6 * kGiB, 5 * kGiB));
  (void)cache_.get(request(512));
  MemorySnapshot busy = memory(6 * kGiB, 4 * kGiB);
  busy.activations = kGiB;  // reclaimable: usable memory is the same
  cache_.begin_frame(busy);
  (void)cache_.get(request(512));
  cache_.begin_frame(memory(6 * kGiB, 5 * kGiB - 10 * kMiB));
  (void)cache_.get(request(512));
  EXPECT_EQ(asked_, 1);
}

TEST_F(Cache, KnowsStepsGuidanceAndCountApart) {
  GenerationRequest r = request(512);
  const auto ask = [&] {
    cache_.begin_frame(memory(6 * kGiB, 5 * kGiB));
    (void)cache_.get(r);
  };
  ask();
  r.steps = 20;
  ask();
  r.guidance_scale = 1;
  ask();
  r.guidance_scale = 3;  // still on: the same plan
  ask();
  r.count = 4;
  ask();
  r.prompt = "another";
  ask();
  EXPECT_EQ(asked_, 4);
}

Forecast fitting(std::vector<std::string> rungs) {
  Forecast f;
  f.fits = true;
  f.plan.rungs = std::move(rungs);
  f.plan.seconds = 6;
  return f;
}

TEST(SizeCards, SayWhatTheForecastSays) {
  EXPECT_EQ(make_card(kSizePresets[0], nullptr).state, CardState::kPending);
  const Forecast fits = fitting({"resident"});
  EXPECT_EQ(make_card(kSizePresets[0], &fits).state, CardState::kFits);
  EXPECT_EQ(make_card(kSizePresets[0], &fits).seconds, 6.0);
  const Forecast slower = fitting({"evict-encoder", "stream-blocks:6"});
  EXPECT_EQ(make_card(kSizePresets[0], &slower).state, CardState::kSlower);
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

TEST(SizeCards, ColourOfALoadFollowsTheBudget) {
  EXPECT_EQ(load_of(92, 100), Load::kEasy);
  EXPECT_EQ(load_of(93, 100), Load::kTight);
  EXPECT_EQ(load_of(100, 100), Load::kTight);
  EXPECT_EQ(load_of(101, 100), Load::kTooMuch);
  EXPECT_EQ(load_of(1, -5), Load::kTooMuch);
}

}  // namespace
}  // namespace headroom
