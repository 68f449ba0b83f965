#include "headroom/device/cpu_budget.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/device/allocation_recorder.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <ATen/ops/empty.h>
#include <c10/core/Allocator.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace headroom {
namespace {

using ::testing::HasSubstr;

at::Tensor take(std::int64_t bytes) { return at::empty({bytes}, at::TensorOptions(at::kByte)); }

class CpuBudget : public ::testing::Test {
 protected:
  void SetUp() override {
    cpu_budget::install();
    cpu_budget::set_limit(0);
    cpu_budget::fail_allocation(0);
    cpu_budget::reset_peak();
    before_ = cpu_budget::use();
  }
  void TearDown() override {
    cpu_budget::set_limit(0);
    cpu_budget::fail_allocation(0);
    EXPECT_EQ(cpu_budget::use().total(), before_.total());
  }
  [[nodiscard]] std::int64_t activations() const {
    return cpu_budget::use().activations - before_.activations;
  }
  [[nodiscard]] std::int64_t weights() const { return cpu_budget::use().weights - before_.weights; }
  [[nodiscard]] std::int64_t peak() const { return cpu_budget::use().peak - before_.total(); }

  cpu_budget::Use before_;
};

std::string failure_of(std::int64_t bytes) {
  try {
    static_cast<void>(take(bytes));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kOutOfMemory);
    return error.what();
  }
  return "no failure";
}

TEST_F(CpuBudget, CountsInUnitsOf64Bytes) {
  const std::int64_t cases[][2] = {
      {1, 64}, {64, 64}, {65, 128}, {5 * kMiB, 5 * kMiB}, {5 * kMiB + 1, 5 * kMiB + 64}};
  for (const auto& [bytes, counted] : cases) {
    EXPECT_EQ(cpu_budget::rounded(bytes), counted);
    const at::Tensor x = take(bytes);
    EXPECT_EQ(activations(), counted) << bytes;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(x.const_data_ptr()) % 64, 0U) << bytes;
  }
  const std::int64_t so_far = cpu_budget::use().allocations;
  const at::Tensor empty = take(0);
  EXPECT_EQ(cpu_budget::use().allocations, so_far);
  EXPECT_EQ(activations(), 0);
}

TEST_F(CpuBudget, TellsWeightsFromEverythingElse) {
  at::Tensor weight, inner;
  {
    const ScopedMemoryTag tag(MemoryTag::kWeights);
    weight = take(640);
    {
      const ScopedMemoryTag inside(MemoryTag::kActivations);
      inner = take(64);
    }
    EXPECT_EQ(ScopedMemoryTag::current(), MemoryTag::kWeights);
  }
  EXPECT_EQ(ScopedMemoryTag::current(), MemoryTag::kActivations);
  const at::Tensor activation = take(128);
  EXPECT_EQ(weights(), 640);
  EXPECT_EQ(activations(), 128 + 64);
  weight.reset();  // counted where it was taken, whatever the tag is now
  EXPECT_EQ(weights(), 0);
  EXPECT_EQ(activations(), 128 + 64);
}

TEST_F(CpuBudget, CountsWorkspaceApartAndNeverRefusesIt) {
  cpu_budget::set_limit(before_.total() + 64);
  {
    const ScopedMemoryTag tag(MemoryTag::kWorkspace);
    const at::Tensor scratch = take(kMiB);
    EXPECT_EQ(cpu_budget::use().workspace, kMiB);
    EXPECT_EQ(activations(), 0);
    EXPECT_EQ(peak(), 0);
  }
  EXPECT_EQ(cpu_budget::use().workspace, 0);
  EXPECT_EQ(cpu_budget::use().workspace_peak, kMiB);
  cpu_budget::reset_peak();
  EXPECT_EQ(cpu_budget::use().workspace_peak, 0);
}

at::Tensor result_in_workspace(std::int64_t bytes) {
  const ScopedMemoryTag tag(MemoryTag::kWorkspace);
  return take(bytes);
}

TEST_F(CpuBudget, CountsAWorkspaceThatStaysAsWhatItBecame) {
  at::Tensor result = result_in_workspace(640);
  {
    const ScopedMemoryTag tag(MemoryTag::kWeights);
    cpu_budget::keep(result.storage().data_ptr());
  }
  EXPECT_EQ(weights(), 640);
  EXPECT_EQ(cpu_budget::use().workspace, 0);
  cpu_budget::keep(result.storage().data_ptr());  // once only
  EXPECT_EQ(weights(), 640);
  EXPECT_EQ(activations(), 0);
  result.reset();
  EXPECT_EQ(weights(), 0);
  // Neither nothing nor memory of others is a block of ours.
  cpu_budget::keep(take(0).storage().data_ptr());
  int foreign = 0;
  cpu_budget::keep(c10::DataPtr(&foreign, c10::Device(c10::DeviceType::CPU)));
  EXPECT_EQ(activations(), 0);
}

TEST_F(CpuBudget, RefusesToKeepWhatWouldPassTheLimit) {
  const at::Tensor held = take(kMiB);
  cpu_budget::set_limit(before_.total() + kMiB + 128);
  const at::Tensor result = result_in_workspace(256);
  EXPECT_THROW(cpu_budget::keep(result.storage().data_ptr()), Error);
  EXPECT_EQ(cpu_budget::use().workspace, 256);  // still scratch, and given back as such
}

TEST_F(CpuBudget, ATagBelongsToOneThread) {
  const ScopedMemoryTag tag(MemoryTag::kWeights);
  at::Tensor x;
  std::thread([&] { x = take(64); }).join();
  EXPECT_EQ(weights(), 0);
  EXPECT_EQ(activations(), 64);
}

// A forecast may be made while a run has all of its budget in use.
TEST_F(CpuBudget, WhatAReplayTakesIsNeitherCountedNorRefused) {
  const at::Tensor held = take(kMiB);
  cpu_budget::set_limit(before_.total() + kMiB);
  AllocationTrace allocations;
  const AllocationRecorder recording(allocations);
  const at::Tensor number = take(8);
  EXPECT_EQ(activations(), kMiB);
  EXPECT_EQ(peak(), kMiB);
}

TEST_F(CpuBudget, RemembersThePeakUntilItIsReset) {
  { const at::Tensor x = take(kMiB); }
  const at::Tensor y = take(1024);
  EXPECT_EQ(peak(), kMiB);
  cpu_budget::reset_peak();
  EXPECT_EQ(peak(), 1024);
  const at::Tensor z = take(64);
  EXPECT_EQ(peak(), 1088);
}

TEST_F(CpuBudget, RefusesWhatWouldPassTheLimitAndSaysWhatIsInUse) {
  const at::Tensor held = take(3 * kMiB);
  cpu_budget::set_limit(cpu_budget::use().total() + kMiB);
  EXPECT_EQ(cpu_budget::limit(), cpu_budget::use().total() + kMiB);
  { const at::Tensor exactly = take(kMiB); }
  const std::string message = failure_of(kMiB + 1);
  EXPECT_THAT(message, HasSubstr("out of memory on the CPU budget"));
  EXPECT_THAT(message, HasSubstr(format_bytes(kMiB + 64) + " more were asked for"));
  EXPECT_THAT(message, HasSubstr(format_bytes(cpu_budget::use().total()) + " of " +
                                 format_bytes(cpu_budget::limit()) + " are in use"));
  EXPECT_EQ(activations(), 3 * kMiB);
  EXPECT_LE(cpu_budget::use().peak, cpu_budget::limit());
  cpu_budget::set_limit(cpu_budget::use().total());
  EXPECT_THAT(failure_of(64), HasSubstr("< 1 MB more were asked for"));
}

TEST_F(CpuBudget, ALimitBelowWhatIsAliveOnlyStopsFurtherAllocations) {
  at::Tensor held = take(kMiB);
  cpu_budget::set_limit(1);
  EXPECT_THAT(failure_of(1), HasSubstr("out of memory"));
  held.reset();
  cpu_budget::set_limit(-5);  // no limit
  EXPECT_EQ(cpu_budget::limit(), 0);
  EXPECT_NO_THROW(take(64 * kMiB));
}

TEST_F(CpuBudget, MoreThanTheSystemHasIsAnErrorToo) {
  EXPECT_THAT(failure_of(std::int64_t{1} << 60), HasSubstr("close other programs"));
  EXPECT_EQ(activations(), 0);
}

TEST_F(CpuBudget, FailsTheNthAllocationOnce) {
  cpu_budget::fail_allocation(3);
  EXPECT_NO_THROW(take(64));
  EXPECT_NO_THROW(take(64));
  EXPECT_THROW(take(64), Error);
  EXPECT_NO_THROW(take(64));
  cpu_budget::fail_allocation(1);
  cpu_budget::fail_allocation(0);
  EXPECT_NO_THROW(take(64));
}

TEST_F(CpuBudget, MemoryMayBeReleasedOnAnotherThread) {
  at::Tensor x = take(kMiB);
  std::thread([moved = std::move(x)]() mutable { moved.reset(); }).join();
  EXPECT_EQ(activations(), 0);
}

TEST_F(CpuBudget, MemoryUsedAgainCostsNoPageFaults) {
  constexpr int kRounds = 50;
  constexpr std::int64_t kKiB = 1024;
  constexpr std::int64_t kNarrow = 200 * kKiB;  // as a block of a small model takes them
  constexpr std::int64_t kWide = 530 * kKiB;
  constexpr std::int64_t kPages = (4 * kNarrow + 3 * kWide) / (4 * kKiB);
  const auto rounds = [] {
    for (int i = 0; i < kRounds; ++i) {
      std::vector<c10::DataPtr> held;
      for (const std::int64_t bytes : {kNarrow, kWide, kWide, kNarrow, kNarrow, kNarrow, kWide}) {
        held.push_back(c10::GetAllocator(c10::DeviceType::CPU)->allocate(bytes));
        std::memset(held.back().get(), 1, static_cast<std::size_t>(bytes));
      }
    }
  };
  std::int64_t faults = 0;
  std::thread([&] {  // pictures are made on a thread that is not the main one
    rounds();
    rusage before{};
    rusage after{};
    getrusage(RUSAGE_THREAD, &before);
    rounds();
    getrusage(RUSAGE_THREAD, &after);
    faults = after.ru_minflt - before.ru_minflt;
  })
      .join();
  EXPECT_LT(faults, kRounds * kPages / 10);
}

TEST_F(CpuBudget, CountsRightlyUnderManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 2000;
  constexpr std::int64_t kLargest = 4096;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([t] {
      at::Tensor held;
      for (int i = 0; i < kRounds; ++i) held = take(64 + (i * 37 + t * 101) % (kLargest - 64));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(activations(), 0);
  EXPECT_EQ(cpu_budget::use().allocations - before_.allocations, kThreads * kRounds);
  EXPECT_GT(peak(), 0);
  EXPECT_LE(peak(), 2 * kThreads * kLargest);  // each holds one and takes the next
}

TEST_F(CpuBudget, TheLimitHoldsUnderManyThreads) {
  cpu_budget::set_limit(cpu_budget::use().total() + 64 * 1024);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) {
        std::vector<at::Tensor> held;
        try {
          for (int k = 0; k < 16; ++k) held.push_back(take(4096));
        } catch (const Error&) {  // expected now and then
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cpu_budget::use().peak, cpu_budget::limit());
  EXPECT_EQ(activations(), 0);
}

}  // namespace
}  // namespace headroom
