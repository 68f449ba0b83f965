#include "headroom/core/error.h"
#include "headroom/core/run_record.h"
#include "headroom/weights/tensor_file.h"

#include "pipeline/run_support.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <unistd.h>

namespace headroom {
namespace {

using test::RecordingSink;
using test::Runner;
using test::small_request;
using ::testing::HasSubstr;

GenerationRequest shortest(const Runner& runner) {
  GenerationRequest request = small_request(runner);
  request.steps = 1;
  return request;
}

// Runs with allocation `n` failing once. False when the run had not that many.
bool run_with_failure(const Runner& runner, const GenerationRequest& request, std::int64_t n,
                      RecordingSink& sink) {
  const std::int64_t before = cpu_budget::use().allocations;
  cpu_budget::fail_allocation(n);
  runner.generator->generate(request, sink, {});
  cpu_budget::fail_allocation(0);
  return cpu_budget::use().allocations - before >= n;
}

TEST(OutOfMemory, AtAnyAllocationTheRunGoesOnUnderASmallerPlanToTheSamePicture) {
  const Runner runner(test::model_root("f32"));
  const GenerationRequest request = shortest(runner);
  const auto undisturbed = runner.run(request);
  const std::int64_t activations = cpu_budget::use().activations;
  std::array<int, kStageCount> broken_off{};
  for (std::int64_t n = 1;; ++n) {
    RecordingSink sink;
    if (!run_with_failure(runner, request, n, sink)) break;
    ASSERT_EQ(sink.images.size(), 1U) << n;
    ASSERT_EQ(sink.images[0].image->rgb, undisturbed[0].image->rgb) << n;
    const RunRecord& run_record = sink.images[0].run_record;
    ASSERT_EQ(cpu_budget::use().activations, activations) << n;
    ASSERT_EQ(sink.plans.size(), run_record.changes.size() + 1) << n;
    ASSERT_LE(run_record.changes.size(), 1U) << n;
    for (const PlanChange& change : run_record.changes) {
      ++broken_off[static_cast<std::size_t>(change.stage)];
      ASSERT_THAT(change.reason, HasSubstr("out of memory")) << n;
      ASSERT_LT(change.peak_bytes, run_record.plan.peak_bytes) << n;
    }
  }
  for (const Stage stage : {Stage::kEncode, Stage::kDenoise, Stage::kDecode}) {
    EXPECT_GT(broken_off[static_cast<std::size_t>(stage)], 5) << stage_name(stage);
  }
  EXPECT_EQ(runner.run(request)[0].image->rgb, undisturbed[0].image->rgb);
}

TEST(OutOfMemory, AtAnyAllocationOfTheFirstLoadItStartsSmallerAndLeavesNothingBehind) {
  {  // libraries set themselves up once
    const Runner warm_up(test::model_root("f32"));
    static_cast<void>(warm_up.run(shortest(warm_up)));
  }
  const std::int64_t before = cpu_budget::use().total();
  int failures = 0;
  for (std::int64_t n = 1;; n += 7) {
    {
      const Runner runner(test::model_root("f32"));
      RecordingSink sink;
      if (!run_with_failure(runner, shortest(runner), n, sink)) break;
      const auto& changes = sink.images.at(0).run_record.changes;
      if (!changes.empty() && changes[0].stage > Stage::kLoad) break;
      ++failures;
    }
    ASSERT_EQ(cpu_budget::use().total(), before) << n;
  }
  EXPECT_GT(failures, 20);
}

TEST(OutOfMemory, AgainAndAgainIsARefusalThatSaysWhereAndTheNextRunIsAsEver) {
  const Runner runner(test::model_root("f32"));
  const GenerationRequest request = shortest(runner);
  const auto undisturbed = runner.run(request);
  const std::int64_t activations = cpu_budget::use().activations;
  for (const std::int64_t distance : {1, 2, 30, 60}) {
    SCOPED_TRACE(distance);
    RecordingSink sink;
    sink.at_plan = [&] { cpu_budget::fail_allocation(distance); };
    try {
      runner.generator->generate(request, sink, {});
      FAIL() << "every plan failed";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kOutOfMemory);
      EXPECT_THAT(error.what(), HasSubstr("memory ran out in the stage"));
      EXPECT_THAT(error.what(), HasSubstr("choose a smaller size"));
    }
    cpu_budget::fail_allocation(0);
    EXPECT_TRUE(sink.images.empty());
    EXPECT_GT(sink.plans.size(), 2U);
    for (std::size_t i = 1; i + 1 < sink.plans.size(); ++i) {
      EXPECT_LT(sink.plans[i].peak_bytes, sink.plans[i - 1].peak_bytes);
    }
    EXPECT_EQ(cpu_budget::use().activations, activations);
    EXPECT_EQ(cpu_budget::use().reserved, 0);
    const auto next = runner.run(request);
    EXPECT_EQ(next[0].image->rgb, undisturbed[0].image->rgb);
    EXPECT_EQ(next[0].run_record.actual_peak_bytes, undisturbed[0].run_record.actual_peak_bytes);
    EXPECT_EQ(next[0].run_record.plan.execution, undisturbed[0].run_record.plan.execution);
  }
}

TEST(OutOfMemory, WhileTakingHoldOfThePlansMemoryASmallerPlanIsTaken) {
  const Runner runner(test::model_root("f32"));
  const GenerationRequest request = shortest(runner);
  const auto undisturbed = runner.run(request);
  RecordingSink sink;
  ASSERT_TRUE(run_with_failure(runner, request, 1, sink));
  ASSERT_EQ(sink.plans.size(), 1U);
  EXPECT_LT(sink.plans[0].peak_bytes, undisturbed[0].run_record.plan.peak_bytes);
  EXPECT_EQ(sink.images.at(0).image->rgb, undisturbed[0].image->rgb);
}

TEST(OutOfMemory, AFailedDecodeLeavesTheNextPictureAWholePlan) {
  const Runner runner(test::model_root("f32"));
  GenerationRequest request = shortest(runner);
  request.count = 3;
  const auto undisturbed = runner.run(request);
  for (const std::int64_t distance : {1, 5, 20}) {
    SCOPED_TRACE(distance);
    RecordingSink sink;
    bool failed = false;
    sink.at_stage = [&](Stage stage) {
      if (stage != Stage::kDecode || std::exchange(failed, true)) return;
      cpu_budget::fail_allocation(distance);
    };
    runner.generator->generate(request, sink, {});
    ASSERT_EQ(sink.images.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      SCOPED_TRACE(i);
      EXPECT_EQ(sink.images[i].image->rgb, undisturbed[i].image->rgb);
      const RunRecord& run_record = sink.images[i].run_record;
      EXPECT_EQ(run_record.driver_allocations, 0);
      // A change belongs to the picture in which it happened.
      ASSERT_EQ(run_record.changes.size(), i == 0 ? 1U : 0U);
      if (i == 0) {
        EXPECT_EQ(run_record.changes[0].stage, Stage::kDecode);
        continue;
      }
      EXPECT_LE(run_record.actual_peak_bytes, run_record.plan.peak_bytes);
      EXPECT_GT(find_stage(run_record.plan, Stage::kDenoise)->peak_bytes, 0);
    }
  }
}

TEST(OutOfMemory, ADumpHoldsEveryNameOnceWhateverWasDoneAgain) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("headroom_fault_" + std::to_string(::getpid()));
  const Runner runner(test::model_root("f32"),
                      [&](PipelineOptions& options) { options.dump_file = file; });
  const GenerationRequest request = shortest(runner);
  const auto dumped = [&] {
    std::map<std::string, std::vector<std::byte>> values;
    const TensorFile tensors(file);
    for (const auto& [name, view] : tensors.tensors()) {
      values[name].assign(view.data.begin(), view.data.end());
    }
    return values;
  };
  static_cast<void>(runner.run(request));
  const auto undisturbed = dumped();
  for (std::int64_t n = 2;; n += 23) {
    RecordingSink sink;
    if (!run_with_failure(runner, request, n, sink)) break;
    EXPECT_EQ(dumped().size(), undisturbed.size()) << n;
    EXPECT_EQ(dumped().at("noise"), undisturbed.at("noise")) << n;
  }
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace headroom
