#include "headroom/device/workspace.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr workspace::Linear kLinear{1056, 64, 192, at::kFloat};
constexpr workspace::Attention kAttention{64, 96, 4, 16, at::kFloat};
constexpr workspace::Convolution kConvolution{16, 32, 3, 64, 64, at::kFloat};
constexpr workspace::KernelSet kCpu{.card = false};
constexpr workspace::KernelSet kCard{.card = true};

TEST(WorkspaceTerms, OperationsAreMeasuredByTheBytesOfInputsWeightsAndResult) {
  EXPECT_EQ(workspace::operation_bytes(kLinear), 4 * (1056 * 64 + 64 * 192 + 1056 * 192));
  EXPECT_EQ(workspace::operation_bytes(kAttention), 4 * (64 + 96 + 96 + 64) * 4 * 16);
  EXPECT_EQ(workspace::operation_bytes(kConvolution), 4 * (16 * 64 + 32 * 64 + 16 * 32 * 9));
}

// Which kernels the libraries take there depends on the processor: plans must not.
TEST(WorkspaceTerms, NothingIsDeclaredForTheProcessor) {
  EXPECT_EQ(workspace::declared(kLinear, kCpu), 0);
  EXPECT_EQ(workspace::declared(kAttention, kCpu), 0);
  EXPECT_EQ(workspace::declared(kConvolution, kCpu), 0);
  EXPECT_EQ(workspace::layer_norm_statistic(1000, kCpu), 0);
}

// The fused kernels keep the log-sum of each query and head in float32 (Dao 2023,
// FlashAttention-2).
TEST(WorkspaceTerms, ACardKeepsTheLogSumsOfAttentionIn16Bits) {
  workspace::Attention op = kAttention;
  EXPECT_EQ(workspace::declared(op, kCard), 0);  // another kernel
  op.dtype = at::kHalf;
  EXPECT_EQ(workspace::declared(op, kCard), 64 * 4 * 4);
  EXPECT_EQ(workspace::layer_norm_statistic(1000, kCard), 4000);
}

// 30 heads are half as many jobs as 30 multiprocessors have places for: two parts of the keys fill
// them. Each has its log-sums and a result of 128 numbers, in float32.
TEST(WorkspaceTerms, ACardSplitsTheKeysOfFewQueries) {
  const auto declared = [](int multiprocessors, std::int64_t queries, c10::ScalarType dtype) {
    workspace::KernelSet card = kCard;
    card.calibrated.multiprocessors = multiprocessors;
    return workspace::declared(workspace::Attention{queries, 2304, 30, 128, dtype}, card);
  };
  constexpr std::int64_t kLogSums = 64 * 30 * 4;
  constexpr std::int64_t kRandom = 3 * 8;  // state, offset and an unused number
  EXPECT_EQ(declared(30, 64, c10::ScalarType::BFloat16),
            kLogSums + kRandom + 2 * kLogSums * (1 + 128));
  EXPECT_EQ(declared(30, 64, c10::ScalarType::Float), 0);           // another kernel
  EXPECT_EQ(declared(0, 64, c10::ScalarType::BFloat16), kLogSums);  // whichever it is
  // Twice as many jobs as places.
  EXPECT_EQ(declared(30, 256, c10::ScalarType::Half), 4 * kLogSums + kRandom);
}

// Each of them is a block of its own, which an allocator rounds up by itself.
TEST(WorkspaceTerms, FlashAttentionTakesItsMemoryInBlocks) {
  workspace::KernelSet card = kCard;
  card.calibrated.attention = {100, 0};
  const auto blocks = [&](int multiprocessors, std::int64_t queries) {
    card.calibrated.multiprocessors = multiprocessors;
    std::vector<std::int64_t> bytes;
    const workspace::Attention op{queries, 2304, 30, 128, c10::ScalarType::BFloat16};
    for (const AllocationTrace::Operation& block : workspace::blocks(op, card)) {
      bytes.push_back(workspace::block_bytes(block, card));
    }
    return bytes;
  };
  using Bytes = std::vector<std::int64_t>;
  constexpr std::int64_t kLogSums = 64 * 30 * 4;
  EXPECT_EQ(blocks(30, 64), (Bytes{kLogSums + 100, 16, 8, 2 * kLogSums, 2 * kLogSums * 128}));
  EXPECT_EQ(blocks(30, 256), (Bytes{4 * kLogSums + 100, 16, 8, 0, 0}));
  EXPECT_EQ(blocks(0, 64), Bytes{kLogSums + 100});
}

// What calibration finds missing.
TEST(WorkspaceTerms, AreAddedToWhatIsDeclared) {
  EXPECT_EQ(workspace::predicted(kLinear, kCpu), workspace::declared(kLinear, kCpu));
  workspace::KernelSet found = kCard;
  found.calibrated = {
      .linear = {1000, 0}, .attention = {0, 0.25}, .conv2d = {7, 2}, .kept_bytes = 0};
  EXPECT_EQ(workspace::predicted(kLinear, found), workspace::declared(kLinear, kCard) + 1000);
  EXPECT_EQ(workspace::predicted(kAttention, found),
            workspace::declared(kAttention, kCard) + workspace::operation_bytes(kAttention) / 4);
  EXPECT_EQ(
      workspace::predicted(kConvolution, found),
      workspace::declared(kConvolution, kCard) + 7 + 2 * workspace::operation_bytes(kConvolution));
}

TEST(ScopedKernels, AreThoseOfTheThreadAsLongAsTheScopeLives) {
  EXPECT_FALSE(workspace::current_kernels().card);
  {
    const workspace::ScopedKernels card(kCard);
    EXPECT_TRUE(workspace::current_kernels().card);
    bool elsewhere = true;
    std::thread([&] { elsewhere = workspace::current_kernels().card; }).join();
    EXPECT_FALSE(elsewhere);
  }
  EXPECT_FALSE(workspace::current_kernels().card);
}

}  // namespace
}  // namespace headroom
