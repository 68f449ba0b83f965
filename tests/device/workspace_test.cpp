#include "headroom/device/workspace.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr workspace::Linear kLinear{1056, 64, 192, at::kFloat};
constexpr workspace::Attention kAttention{64, 96, 4, 16, at::kFloat};
constexpr workspace::Convolution kConvolution{16, 32, 3, 64, 64, at::kFloat};

TEST(WorkspaceTerms, OperationsAreMeasuredByTheBytesOfInputsWeightsAndResult) {
  EXPECT_EQ(workspace::operation_bytes(kLinear), 4 * (1056 * 64 + 64 * 192 + 1056 * 192));
  EXPECT_EQ(workspace::operation_bytes(kAttention), 4 * (64 + 96 + 96 + 64) * 4 * 16);
  EXPECT_EQ(workspace::operation_bytes(kConvolution), 4 * (16 * 64 + 32 * 64 + 16 * 32 * 9));
}

// Which kernels the libraries take there depends on the processor: plans must not.
TEST(WorkspaceTerms, NothingIsDeclaredForTheProcessor) {
  EXPECT_EQ(workspace::declared(kLinear), 0);
  EXPECT_EQ(workspace::declared(kAttention), 0);
  EXPECT_EQ(workspace::declared(kConvolution), 0);
  EXPECT_EQ(workspace::layer_norm_statistic(1000), 0);
}

// The fused kernels keep the log-sum of each query and head in float32 (Dao 2023,
// FlashAttention-2).
TEST(WorkspaceTerms, ACardKeepsTheLogSumsOfAttention) {
  const workspace::ScopedKernels kernels(/*card=*/true, {});
  EXPECT_EQ(workspace::declared(kAttention), 64 * 4 * 4);
  EXPECT_EQ(workspace::layer_norm_statistic(1000), 4000);
}

// What calibration finds missing is added, on this thread and as long as the scope lives.
// 30 heads are half as many jobs as 30 multiprocessors have places for: two parts of the keys fill
// them. Each has its log-sums and a result of 128 numbers, in float32.
TEST(WorkspaceTerms, ACardSplitsTheKeysOfFewQueries) {
  const auto declared = [](int multiprocessors, std::int64_t queries, c10::ScalarType dtype) {
    WorkspaceTerms terms;
    terms.multiprocessors = multiprocessors;
    const workspace::ScopedKernels kernels(/*card=*/true, terms);
    return workspace::declared(workspace::Attention{queries, 2304, 30, 128, dtype});
  };
  constexpr std::int64_t kLogSums = 64 * 30 * 4;
  constexpr std::int64_t kRandom = 3 * 8;  // state, offset and an unused number
  EXPECT_EQ(declared(30, 64, c10::ScalarType::BFloat16),
            kLogSums + kRandom + 2 * kLogSums * (1 + 128));
  EXPECT_EQ(declared(30, 64, c10::ScalarType::Float), kLogSums);    // another kernel
  EXPECT_EQ(declared(0, 64, c10::ScalarType::BFloat16), kLogSums);  // another kernel
  // Twice as many jobs as places.
  EXPECT_EQ(declared(30, 256, c10::ScalarType::Half), 4 * kLogSums + kRandom);
}

TEST(WorkspaceTerms, AreAddedToWhatIsDeclared) {
  EXPECT_EQ(workspace::predicted(kLinear), workspace::declared(kLinear));
  {
    const workspace::ScopedKernels kernels(
        /*card=*/false,
        {.linear = {1000, 0}, .attention = {0, 0.25}, .conv2d = {7, 2}, .kept_bytes = 0});
    EXPECT_EQ(workspace::predicted(kLinear), workspace::declared(kLinear) + 1000);
    EXPECT_EQ(workspace::predicted(kAttention),
              workspace::declared(kAttention) + workspace::operation_bytes(kAttention) / 4);
    EXPECT_EQ(workspace::predicted(kConvolution),
              workspace::declared(kConvolution) + 7 + 2 * workspace::operation_bytes(kConvolution));
  }
  EXPECT_EQ(workspace::predicted(kLinear), workspace::declared(kLinear));
}

}  // namespace
}  // namespace headroom
