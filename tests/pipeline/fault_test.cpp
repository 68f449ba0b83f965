#include "headroom/core/error.h"

#include "pipeline/run_support.h"

namespace headroom {
namespace {

using test::RecordingSink;
using test::Runner;
using test::small_request;

// Makes allocation `n` of a run fail. True when the run had that many.
bool fails_at(const Runner& runner, const GenerationRequest& request, std::int64_t n,
              RecordingSink& sink) {
  cpu_budget::fail_allocation(n);
  try {
    runner.generator->generate(request, sink, {});
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kOutOfMemory) << n << ": " << error.what();
    EXPECT_TRUE(sink.images.empty());
    cpu_budget::fail_allocation(0);
    return true;
  }
  cpu_budget::fail_allocation(0);
  return false;
}

TEST(OutOfMemory, AtAnyAllocationOfLoadingLeavesNothingBehind) {
  const Runner runner(test::model_root("f32"));
  const GenerationRequest request = small_request(runner);
  {  // libraries set themselves up once
    const Runner warm_up(test::model_root("f32"));
    static_cast<void>(warm_up.run(request));
  }
  const std::int64_t before = cpu_budget::use().total();
  int failures = 0;
  for (std::int64_t n = 1;; ++n) {
    RecordingSink sink;
    if (!fails_at(runner, request, n, sink)) break;
    // The forecast comes first and takes a few bytes; loading is over once a later stage fails.
    if (!sink.stages.empty() && sink.stages.back().first != Stage::kLoad) break;
    ++failures;
    ASSERT_EQ(cpu_budget::use().total(), before) << n;
  }
  EXPECT_GT(failures, 100);
  EXPECT_EQ(runner.run(request).size(), 1U);
  RecordProperty("failures", failures);
}

TEST(OutOfMemory, AtAnyAllocationOfARunIsAnErrorAndTheNextRunIsAsEver) {
  const Runner runner(test::model_root("f32"));
  GenerationRequest request = small_request(runner);
  request.steps = 1;
  const auto undisturbed = runner.run(request);
  const std::int64_t activations = cpu_budget::use().activations;
  const std::int64_t weights = cpu_budget::use().weights;
  int failures = 0;
  for (std::int64_t n = 1;; ++n) {
    RecordingSink sink;
    if (!fails_at(runner, request, n, sink)) break;
    ++failures;
    ASSERT_EQ(cpu_budget::use().activations, activations) << n;
    ASSERT_EQ(cpu_budget::use().weights, weights) << n;
    if (n % 5 != 0) continue;  // the next failure is a run after this one as well
    ASSERT_EQ(runner.run(request)[0].image->rgb, undisturbed[0].image->rgb) << n;
  }
  EXPECT_EQ(runner.run(request)[0].image->rgb, undisturbed[0].image->rgb);
  EXPECT_GT(failures, 300);
  RecordProperty("failures", failures);
}

}  // namespace
}  // namespace headroom
