#include "headroom/device/meta_ledger.h"

#include "headroom/core/error.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/device/memory_tag.h"

#include <thread>

#include <ATen/ops/empty.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using Kind = Ledger::Kind;

at::Tensor take(std::int64_t bytes) {
  return at::empty({bytes}, at::TensorOptions(at::kMeta).dtype(at::kByte));
}

TEST(MetaLedger, WritesDownEveryAllocationAndRelease) {
  Ledger ledger;
  at::Tensor b;
  {
    MetaLedgerRecording recording(ledger);
    recording.mark(Stage::kEncode);
    at::Tensor a = take(100);
    const ScopedMemoryTag tag(MemoryTag::kWeights);
    b = take(7);
    a.reset();
    recording.mark(Stage::kDecode);
  }
  b.reset();  // after the recording: not in it
  ASSERT_EQ(ledger.entries.size(), 5U);
  EXPECT_EQ(ledger.entries[0].kind, Kind::kStage);
  EXPECT_EQ(ledger.entries[0].stage, Stage::kEncode);
  EXPECT_EQ(ledger.entries[1].kind, Kind::kAllocate);
  EXPECT_EQ(ledger.entries[1].bytes, 100);  // as asked
  EXPECT_EQ(ledger.entries[1].tag, MemoryTag::kActivations);
  EXPECT_EQ(ledger.entries[2].kind, Kind::kAllocate);
  EXPECT_EQ(ledger.entries[2].bytes, 7);
  EXPECT_EQ(ledger.entries[2].tag, MemoryTag::kWeights);
  EXPECT_NE(ledger.entries[2].id, ledger.entries[1].id);
  EXPECT_EQ(ledger.entries[3].kind, Kind::kFree);
  EXPECT_EQ(ledger.entries[3].id, ledger.entries[1].id);
  EXPECT_EQ(ledger.entries[4].stage, Stage::kDecode);
}

TEST(MetaLedger, ViewsAndEmptyTensorsAreNoAllocations) {
  Ledger ledger;
  const MetaLedgerRecording recording(ledger);
  const at::Tensor empty = take(0);
  const at::Tensor x = take(64);
  const at::Tensor view = x.view({8, 8}).narrow(0, 0, 2);
  EXPECT_EQ(ledger.entries.size(), 1U);
}

TEST(MetaLedger, TakesNoMemory) {
  cpu_budget::install();
  Ledger ledger;
  const MetaLedgerRecording recording(ledger);
  const std::int64_t before = cpu_budget::use().allocations;
  const at::Tensor x = take(std::int64_t{1} << 40);
  EXPECT_EQ(cpu_budget::use().allocations, before);
  EXPECT_EQ(ledger.entries.back().bytes, std::int64_t{1} << 40);
}

TEST(MetaLedger, OtherThreadsAreNotRecorded) {
  Ledger ledger;
  const MetaLedgerRecording recording(ledger);
  std::thread([] { const at::Tensor x = take(64); }).join();
  at::Tensor mine = take(64);
  std::thread([moved = std::move(mine)]() mutable { moved.reset(); }).join();
  ASSERT_EQ(ledger.entries.size(), 1U);
  EXPECT_EQ(ledger.entries[0].kind, Kind::kAllocate);
}

TEST(MetaLedger, TwoThreadsRecordSideBySide) {
  Ledger mine;
  const MetaLedgerRecording recording(mine);
  Ledger theirs;
  std::thread([&] {
    const MetaLedgerRecording other(theirs);
    { const at::Tensor x = take(32); }
  }).join();
  EXPECT_TRUE(mine.entries.empty());
  EXPECT_EQ(theirs.entries.size(), 2U);
}

TEST(MetaLedger, ABlockOfAnEarlierRecordingIsIgnored) {
  Ledger first;
  at::Tensor late;
  {
    const MetaLedgerRecording recording(first);
    late = take(64);
  }
  Ledger second;
  {
    const MetaLedgerRecording recording(second);
    late.reset();
    EXPECT_TRUE(second.entries.empty());
    late = take(64);
  }
  EXPECT_EQ(first.entries.size(), 1U);
  EXPECT_EQ(second.entries.size(), 1U);
}

TEST(MetaLedger, TensorsFromBeforeAreIgnored) {
  at::Tensor before = take(64);
  Ledger ledger;
  const MetaLedgerRecording recording(ledger);
  before.reset();
  EXPECT_TRUE(ledger.entries.empty());
}

TEST(MetaLedger, ASecondRecordingOnOneThreadIsRefusedAndTheFirstGoesOn) {
  Ledger ledger;
  MetaLedgerRecording recording(ledger);
  Ledger other;
  try {
    const MetaLedgerRecording nested(other);
    FAIL() << "two recordings at once";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInternal);
  }
  const at::Tensor x = take(64);
  EXPECT_EQ(ledger.entries.size(), 1U);
  EXPECT_TRUE(other.entries.empty());
}

}  // namespace
}  // namespace headroom
