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
