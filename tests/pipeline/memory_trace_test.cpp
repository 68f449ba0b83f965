// Free memory that changes while a picture is made: the run goes on under another plan from its
// last finished step, and the picture is the same.

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/run_record.h"
#include "headroom/memory/budget.h"

#include "pipeline/run_support.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>

namespace headroom {
namespace {

using test::RecordingSink;
using test::Runner;
using test::small_request;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A pretended card with other programs on it, whose share the test sets.
class Card {
 public:
  explicit Card(std::filesystem::path root)
      : root_(std::move(root)),
        request_(make_request()),
        least_(test::least_need(root_, request_)) {
    const Runner roomy(root_);
    resident_ = roomy.forecast(request_).plan.peak_bytes;
    undisturbed_ = roomy.run(request_)[0].image->rgb;
  }

  [[nodiscard]] std::unique_ptr<Runner> start() {
    return std::make_unique<Runner>(root_, [this](PipelineOptions& options) {
      options.pretend_vram_bytes = resident_;
      options.budget.reserve_bytes = 0;
      options.pretend_others = [this] {
        return std::vector<OtherProgram>{{0, "another program", others}};
      };
    });
  }

  [[nodiscard]] const GenerationRequest& request() const { return request_; }
  [[nodiscard]] std::int64_t resident() const { return resident_; }
  [[nodiscard]] std::int64_t least() const { return least_; }
  [[nodiscard]] const std::vector<std::uint8_t>& undisturbed() const { return undisturbed_; }
  std::int64_t others = 0;

 private:
  [[nodiscard]] GenerationRequest make_request() const {
    GenerationRequest request = small_request(Runner(root_));
    request.steps = 4;
    return request;
  }

  std::filesystem::path root_;
  GenerationRequest request_;
  std::int64_t resident_ = 0;
  std::int64_t least_ = 0;
  std::vector<std::uint8_t> undisturbed_;
};

TEST(TakenMemory, BetweenStepsTheRunGoesOnSmallerFromWhereItWas) {
  Card card(test::model_root("f32"));
  const auto runner = card.start();
  RecordingSink sink;
  sink.at_step = [&](int step) {
    if (step == 2) card.others = card.resident() - card.least();
  };
  runner->generator->generate(card.request(), sink, {});
  ASSERT_THAT(sink.images, SizeIs(1));
  EXPECT_EQ(sink.images[0].image->rgb, card.undisturbed());
  const std::vector<std::pair<int, int>> each_step_once{{1, 4}, {2, 4}, {3, 4}, {4, 4}};
  EXPECT_EQ(sink.steps, each_step_once);
  const RunRecord& run_record = sink.images[0].run_record;
  ASSERT_THAT(run_record.changes, SizeIs(1));
  EXPECT_EQ(run_record.changes[0].stage, Stage::kDenoise);
  EXPECT_EQ(run_record.changes[0].step, 2);
  EXPECT_THAT(run_record.changes[0].reason, HasSubstr("other programs took memory"));
  EXPECT_LE(run_record.changes[0].peak_bytes, card.least());
  EXPECT_EQ(run_record.plan.execution, std::vector<std::string>{"resident"});
  ASSERT_THAT(sink.plans, SizeIs(2));
  EXPECT_EQ(sink.plans[1].execution, run_record.changes[0].execution);
  EXPECT_LE(cpu_budget::use().total(), card.least());
}

TEST(TakenMemory, MoreThanAnyPlanCouldSpareIsNotTakenFromARunThatHoldsIt) {
  Card card(test::model_root("f32"));
  const auto runner = card.start();
  RecordingSink sink;
  sink.at_step = [&](int) { card.others = card.resident(); };  // nothing is left, on paper
  runner->generator->generate(card.request(), sink, {});
  ASSERT_THAT(sink.images, SizeIs(1));
  EXPECT_EQ(sink.images[0].image->rgb, card.undisturbed());
  EXPECT_THAT(sink.images[0].run_record.changes, SizeIs(1));  // down to the smallest, once
  try {                                                       // but the next does not start
    runner->run(card.request());
    FAIL() << "nothing is free";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kOutOfMemory);
  }
  card.others = 0;
  EXPECT_EQ(runner->run(card.request())[0].image->rgb, card.undisturbed());
}

TEST(TakenMemory, ComesBackToAFasterPlanWhenItIsGiven) {
  Card card(test::starter_model());  // large enough for its copies to cost something
  card.others = card.resident() - card.least();
  const auto runner = card.start();
  RecordingSink sink;
  sink.at_step = [&](int step) {
    if (step == 1) card.others = 0;
  };
  runner->generator->generate(card.request(), sink, {});
  ASSERT_THAT(sink.images, SizeIs(1));
  EXPECT_EQ(sink.images[0].image->rgb, card.undisturbed());
  const RunRecord& run_record = sink.images[0].run_record;
  EXPECT_THAT(run_record.plan.execution, ::testing::Not(Contains("resident")));
  ASSERT_THAT(run_record.changes, SizeIs(1));
  EXPECT_THAT(run_record.changes[0].reason, HasSubstr("memory became free"));
  EXPECT_EQ(run_record.changes[0].step, 1);
}

// What a plan takes away after the last step must go although the step is not done again.
TEST(TakenMemory, AFailureRightAfterTheLastStepKeepsToThePlan) {
  const Runner runner(test::model_root("f32"), [](PipelineOptions& options) {
    // It leaves before the decoder arrives.
    options.floor.only_when_used.add(NetworkId::kTransformer);
  });
  const GenerationRequest request = small_request(runner);
  const auto undisturbed = runner.run(request);
  RecordingSink sink;
  sink.at_step = [&](int step) {
    if (step == request.steps) cpu_budget::fail_allocation(1);
  };
  runner.generator->generate(request, sink, {});
  ASSERT_THAT(sink.images, SizeIs(1));
  EXPECT_EQ(sink.images[0].image->rgb, undisturbed[0].image->rgb);
  EXPECT_THAT(sink.steps, SizeIs(request.steps));
  const RunRecord& run_record = sink.images[0].run_record;
  EXPECT_THAT(run_record.changes, SizeIs(1));
  EXPECT_EQ(run_record.driver_allocations, 0);
  constexpr auto kDecode = static_cast<std::size_t>(Stage::kDecode);
  EXPECT_LE(run_record.stage_peak_bytes[kDecode],
            find_stage(sink.plans.back(), Stage::kDecode)->peak_bytes);
}

TEST(Reservation, NothingGrowsOnceARunHasBegun) {
  for (const std::string& model : test::variants()) {
    SCOPED_TRACE(model);
    Card card(test::model_root(model));
    for (const std::int64_t room :
         {card.least(), (card.least() + card.resident()) / 2, card.resident()}) {
      SCOPED_TRACE(room);
      card.others = card.resident() - room;
      const auto runner = card.start();
      RecordingSink sink;
      sink.at_stage = [&](Stage stage) {
        const cpu_budget::Use use = cpu_budget::use();
        EXPECT_EQ(use.growths, 0) << stage_name(stage);
        EXPECT_EQ(use.reserved, sink.plans.back().peak_bytes) << stage_name(stage);
        EXPECT_LE(use.peak, use.reserved) << stage_name(stage);
      };
      runner->generator->generate(card.request(), sink, {});
      ASSERT_THAT(sink.images, SizeIs(1));
      EXPECT_EQ(sink.images[0].run_record.driver_allocations, 0);
      EXPECT_THAT(sink.images[0].run_record.changes, SizeIs(0));
      EXPECT_EQ(cpu_budget::use().reserved, 0);  // the run is over
    }
  }
}

TEST(Reservation, WhatARunHoldsIsShownAsHeldAndCountsAsItsOwn) {
  Card card(test::model_root("f32"));
  const auto runner = card.start();
  const DeviceMemory memory(runner->options.device, card.resident());
  RecordingSink sink;
  sink.at_step = [&](int) {
    const MemorySnapshot now = memory.read();
    EXPECT_EQ(now.ours(), card.resident());
    EXPECT_EQ(now.free, 0);
    EXPECT_GT(now.cached, 0);
    EXPECT_EQ(compute_budget(now, {.vram_cap_bytes = {}, .reserve_bytes = 0}).budget_bytes,
              card.resident());
  };
  runner->generator->generate(card.request(), sink, {});
  EXPECT_THAT(sink.steps, SizeIs(4));
}

// How the free memory may go: long calm, jumps, all gone, a little less than a plan needs.
std::int64_t next_share(std::mt19937& random, const Card& card, std::int64_t now) {
  const std::int64_t spare = card.resident() - card.least();
  const auto up_to = [&](std::int64_t most) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most + 1));
  };
  switch (random() % 16) {
    case 0:
      return card.resident();
    case 1:
      return up_to(card.resident());
    case 2:
      return spare - 64 + up_to(128);
    case 3:
    case 4:
    case 5:
      return up_to(spare);
    case 6:
    case 7:
      return 0;
    default:
      return now;
  }
}

TEST(TakenMemory, TenThousandRandomTracesEndInThePictureOrAClearRefusal) {
  constexpr int kTraces = 10000;
  Card card(test::model_root("tiny"));
  const auto runner = card.start();
  std::mt19937 random(20261124);
  int pictures = 0;
  int changed = 0;
  int refused = 0;
  int failed_allocations = 0;
  std::int64_t activations = 0;
  for (int trace = 0; trace < kTraces; ++trace) {
    GenerationRequest request = card.request();
    request.steps = 4;
    card.others = next_share(random, card, card.others);
    const bool injected = random() % 4 == 0;
    if (injected) {
      cpu_budget::fail_allocation(1 + static_cast<std::int64_t>(random() % 900));
      ++failed_allocations;
    }
    RecordingSink sink;
    sink.at_step = [&](int) {
      card.others = next_share(random, card, card.others);
      const cpu_budget::Use use = cpu_budget::use();
      ASSERT_LE(use.total(), std::max(use.reserved, cpu_budget::limit()));
    };
    const std::int64_t room = card.resident() - card.others;
    try {
      runner->generator->generate(request, sink, {});
      ASSERT_THAT(sink.images, SizeIs(1)) << trace;
      ASSERT_EQ(sink.images[0].image->rgb, card.undisturbed()) << trace;
      ASSERT_THAT(sink.steps, SizeIs(4)) << trace;
      ++pictures;
      if (!sink.images[0].run_record.changes.empty()) ++changed;
    } catch (const Error& error) {
      ASSERT_EQ(error.kind(), ErrorKind::kOutOfMemory) << trace << ": " << error.what();
      ASSERT_TRUE(sink.images.empty()) << trace;
      // Refused before it began, for want of room: a run that begins finishes.
      ASSERT_TRUE(sink.plans.empty()) << trace << ": " << error.what();
      ASSERT_TRUE(injected || room < card.least()) << trace << ": " << error.what();
      ++refused;
    }
    cpu_budget::fail_allocation(0);
    if (trace == 0) activations = cpu_budget::use().activations;
    ASSERT_EQ(cpu_budget::use().activations, activations) << trace;
    ASSERT_EQ(cpu_budget::use().reserved, 0) << trace;
  }
  EXPECT_GT(pictures, kTraces / 2);
  EXPECT_GT(changed, kTraces / 10);
  EXPECT_GT(refused, kTraces / 100);
  RecordProperty("pictures", pictures);
  RecordProperty("changed", changed);
  RecordProperty("refused", refused);
  RecordProperty("failed_allocations", failed_allocations);
  card.others = 0;
  EXPECT_EQ(runner->run(card.request())[0].image->rgb, card.undisturbed());
}

}  // namespace
}  // namespace headroom
