#include "headroom/device/allocation_recorder.h"

#include "headroom/core/error.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/device/memory_tag.h"

#include <thread>

#include <ATen/ops/empty.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using Kind = AllocationTrace::Kind;

at::Tensor take(std::int64_t bytes) {
  return at::empty({bytes}, at::TensorOptions(at::kMeta).dtype(at::kByte));
}

TEST(MetaTrace, WritesDownEveryAllocationAndRelease) {
  AllocationTrace allocations;
  at::Tensor b;
  {
    AllocationRecorder recording(allocations);
    recording.mark(Stage::kEncode);
    at::Tensor a = take(100);
    const ScopedMemoryTag tag(MemoryTag::kWeights);
    b = take(7);
    a.reset();
    recording.mark(Stage::kDecode);
  }
  b.reset();  // after the recording: not in it
  ASSERT_EQ(allocations.entries.size(), 5U);
  EXPECT_EQ(allocations.entries[0].kind, Kind::kStage);
  EXPECT_EQ(allocations.entries[0].stage, Stage::kEncode);
  EXPECT_EQ(allocations.entries[1].kind, Kind::kAllocate);
  EXPECT_EQ(allocations.entries[1].bytes, 100);  // as asked
  EXPECT_EQ(allocations.entries[1].tag, MemoryTag::kActivations);
  EXPECT_EQ(allocations.entries[2].kind, Kind::kAllocate);
  EXPECT_EQ(allocations.entries[2].bytes, 7);
  EXPECT_EQ(allocations.entries[2].tag, MemoryTag::kWeights);
  EXPECT_NE(allocations.entries[2].id, allocations.entries[1].id);
  EXPECT_EQ(allocations.entries[3].kind, Kind::kFree);
  EXPECT_EQ(allocations.entries[3].id, allocations.entries[1].id);
  EXPECT_EQ(allocations.entries[4].stage, Stage::kDecode);
}

TEST(MetaTrace, ViewsAndEmptyTensorsAreNoAllocations) {
  AllocationTrace allocations;
  const AllocationRecorder recording(allocations);
  const at::Tensor empty = take(0);
  const at::Tensor x = take(64);
  const at::Tensor view = x.view({8, 8}).narrow(0, 0, 2);
  EXPECT_EQ(allocations.entries.size(), 1U);
}

TEST(MetaTrace, TakesNoMemory) {
  cpu_budget::install();
  AllocationTrace allocations;
  const AllocationRecorder recording(allocations);
  const std::int64_t before = cpu_budget::use().allocations;
  const at::Tensor x = take(std::int64_t{1} << 40);
  EXPECT_EQ(cpu_budget::use().allocations, before);
  EXPECT_EQ(allocations.entries.back().bytes, std::int64_t{1} << 40);
}

TEST(MetaTrace, OtherThreadsAreNotRecorded) {
  AllocationTrace allocations;
  const AllocationRecorder recording(allocations);
  std::thread([] { const at::Tensor x = take(64); }).join();
  at::Tensor mine = take(64);
  std::thread([moved = std::move(mine)]() mutable { moved.reset(); }).join();
  ASSERT_EQ(allocations.entries.size(), 1U);
  EXPECT_EQ(allocations.entries[0].kind, Kind::kAllocate);
}

TEST(MetaTrace, TwoThreadsRecordSideBySide) {
  AllocationTrace mine;
  const AllocationRecorder recording(mine);
  AllocationTrace theirs;
  std::thread([&] {
    const AllocationRecorder other(theirs);
    { const at::Tensor x = take(32); }
  }).join();
  EXPECT_TRUE(mine.entries.empty());
  EXPECT_EQ(theirs.entries.size(), 2U);
}

TEST(MetaTrace, ABlockOfAnEarlierRecordingIsIgnored) {
  AllocationTrace first;
  at::Tensor late;
  {
    const AllocationRecorder recording(first);
    late = take(64);
  }
  AllocationTrace second;
  {
    const AllocationRecorder recording(second);
    late.reset();
    EXPECT_TRUE(second.entries.empty());
    late = take(64);
  }
  EXPECT_EQ(first.entries.size(), 1U);
  EXPECT_EQ(second.entries.size(), 1U);
}

TEST(MetaTrace, TensorsFromBeforeAreIgnored) {
  at::Tensor before = take(64);
  AllocationTrace allocations;
  const AllocationRecorder recording(allocations);
  before.reset();
  EXPECT_TRUE(allocations.entries.empty());
}

TEST(MetaTrace, ASecondRecordingOnOneThreadIsRefusedAndTheFirstGoesOn) {
  AllocationTrace allocations;
  AllocationRecorder recording(allocations);
  AllocationTrace other;
  try {
    const AllocationRecorder nested(other);
    FAIL() << "two recordings at once";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInternal);
  }
  const at::Tensor x = take(64);
  EXPECT_EQ(allocations.entries.size(), 1U);
  EXPECT_TRUE(other.entries.empty());
}

}  // namespace
}  // namespace headroom
