#include "headroom/memory/caching_allocator_model.h"

#include "headroom/memory/allocator_conf.h"

#include "memory/allocator_script.h"

#include <cstdint>

#include <gtest/gtest.h>

// "Notes" are PyTorch's notes on CUDA semantics, section Memory management; "constants" are those
// of c10/core/AllocatorConfig.h, whose comments give the rules for sizes.
namespace headroom {
namespace {

using test::expandable;
using test::max_split_mb;
using test::Script;

constexpr std::int64_t kBlock = 512;

TEST(CachingAllocatorModel, AnEmptyTraceNeedsNothing) {
  const CachingPeaks peaks = replay_caching({});
  EXPECT_EQ(peaks.reserved_peak_bytes, 0);
  EXPECT_EQ(peaks.allocated.peak_bytes, 0);
  EXPECT_EQ(peaks.segments, 0);
  EXPECT_TRUE(peaks.fits);
}

// Constants: "all sizes are rounded to at least 512 bytes".
TEST(CachingAllocatorModel, RoundsRequestsUpTo512Bytes) {
  EXPECT_EQ(Script().take(0, 1).replay().allocated.peak_bytes, 512);
  EXPECT_EQ(Script().take(0, 512).replay().allocated.peak_bytes, 512);
  EXPECT_EQ(Script().take(0, 513).replay().allocated.peak_bytes, 1024);
}

// Constants: "largest small allocation is 1 MiB", "small allocations are packed in 2 MiB blocks",
// "allocations between 1 and 10 MiB may use kLargeBuffer" (20 MiB), "round up large allocations to
// 2 MiB".
TEST(CachingAllocatorModel, AsksTheDriverForSegmentsBySizeOfTheRequest) {
  struct Case {
    std::int64_t request, segment;
  };
  for (const Case& c : {Case{1, 2 * kMiB}, Case{kMiB, 2 * kMiB}, Case{kMiB + 1, 20 * kMiB},
                        Case{10 * kMiB - kBlock, 20 * kMiB}, Case{10 * kMiB, 10 * kMiB},
                        Case{10 * kMiB + 1, 12 * kMiB}, Case{100 * kMiB, 100 * kMiB},
                        Case{5 * kGiB - 1, 5 * kGiB}}) {
    const CachingPeaks peaks = Script().take(0, c.request).replay();
    EXPECT_EQ(peaks.reserved_peak_bytes, c.segment) << c.request;
    EXPECT_EQ(peaks.segments, 1) << c.request;
  }
}

TEST(CachingAllocatorModel, RequestsOfOnePoolShareItsSegments) {
  EXPECT_EQ(Script().take(0, kMiB).take(1, kMiB).reserved(), 2);
  EXPECT_EQ(Script().take(0, kMiB).take(1, kMiB).take(2, 1).reserved(), 4);
  EXPECT_EQ(Script().take(0, 9 * kMiB).take(1, 9 * kMiB).take(2, 2 * kMiB).reserved(), 20);
  // A small request does not go into the large pool, however much is free there.
  const CachingPeaks peaks = Script().take(0, 2 * kMiB).take(1, 512).replay();
  EXPECT_EQ(peaks.reserved_peak_bytes, 22 * kMiB);
  EXPECT_EQ(peaks.segments, 2);
}

// Small pool: what is left is kept from 512 bytes on.
TEST(CachingAllocatorModel, SplitsSmallBlocksDownToTheLastUnit) {
  EXPECT_EQ(Script().take(0, kMiB).take(1, kMiB - kBlock).take(2, 1).reserved(), 2);
}

// Large pool: what is left must be more than 1 MiB, or it stays with the block.
TEST(CachingAllocatorModel, SplitsLargeBlocksOnlyForMoreThanOneMebibyte) {
  const CachingPeaks split = Script().take(0, 11 * kMiB - kBlock).replay();
  EXPECT_EQ(split.reserved_peak_bytes, 12 * kMiB);
  EXPECT_EQ(split.allocated.peak_bytes, 11 * kMiB - kBlock);
  const CachingPeaks whole = Script().take(0, 11 * kMiB).replay();
  EXPECT_EQ(whole.reserved_peak_bytes, 12 * kMiB);
  EXPECT_EQ(whole.allocated.peak_bytes, 12 * kMiB);
}

TEST(CachingAllocatorModel, TakesTheSmallestFreeBlockThatIsLargeEnough) {
  Script script;
  script.take(0, 14 * kMiB).take(1, 12 * kMiB).free(0).free(1);
  script.take(2, 12 * kMiB).take(3, 14 * kMiB);  // first fit would have broken the 14
  EXPECT_EQ(script.reserved(), 26);
}

TEST(CachingAllocatorModel, TakesTheLowestAddressOfEqualBlocks) {
  Script script;  // 4 a, 4 x, 4 b, 8 y
  script.take(0, 4 * kMiB).take(1, 4 * kMiB).take(2, 4 * kMiB).take(3, 8 * kMiB).free(2).free(0);
  script.take(4, 4 * kMiB);  // where a was, so that b and y can join
  script.free(3).take(5, 12 * kMiB);
  EXPECT_EQ(script.reserved(), 20);
}

TEST(CachingAllocatorModel, JoinsFreedNeighboursOfASegment) {
  for (const std::vector<std::uint32_t>& order :
       {std::vector<std::uint32_t>{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {2, 1, 0}}) {
    Script script;
    script.take(0, 6 * kMiB).take(1, 6 * kMiB).take(2, 6 * kMiB);
    for (const std::uint32_t id : order) script.free(id);
    EXPECT_EQ(script.take(3, 20 * kMiB).reserved(), 20);
  }
}

TEST(CachingAllocatorModel, NeverJoinsBlocksOfTwoSegments) {
  Script script;
  script.take(0, 10 * kMiB).take(1, 10 * kMiB).free(0).free(1).take(2, 20 * kMiB);
  EXPECT_EQ(script.reserved(), 40);
  EXPECT_EQ(script.replay().segments, 3);
}

// Notes: "memory that is freed is kept and still shows as used".
TEST(CachingAllocatorModel, KeepsWhatIsFreedAndUsesItAgain) {
  Script script;
  script.stage(Stage::kEncode).take(0, 100 * kMiB, MemoryTag::kWeights).free(0);
  script.stage(Stage::kDenoise).take(1, 60 * kMiB).take(2, 40 * kMiB).free(1).free(2);
  script.stage(Stage::kDecode);
  const CachingPeaks peaks = script.replay();
  const auto reserved = [&](Stage s) { return peaks.stage_reserved[static_cast<std::size_t>(s)]; };
  const auto allocated = [&](Stage s) {
    return peaks.allocated.stages[static_cast<std::size_t>(s)];
  };
  EXPECT_EQ(reserved(Stage::kLoad), 0);
  EXPECT_EQ(reserved(Stage::kEncode), 100 * kMiB);
  EXPECT_EQ(reserved(Stage::kDenoise), 100 * kMiB);
  EXPECT_EQ(reserved(Stage::kDecode), 100 * kMiB);
  EXPECT_EQ(allocated(Stage::kEncode).weights_bytes, 100 * kMiB);
  EXPECT_EQ(allocated(Stage::kDenoise).activation_bytes, 100 * kMiB);
  EXPECT_EQ(allocated(Stage::kDenoise).weights_bytes, 0);
  EXPECT_EQ(allocated(Stage::kDecode).peak_bytes, 0);
  EXPECT_EQ(peaks.segments, 1);
}

// Notes, max_split_size_mb: "prevents the native allocator from splitting blocks larger than this".
TEST(CachingAllocatorModel, DoesNotGiveOversizeBlocksToSmallerRequests) {
  Script script;
  script.take(0, 128 * kMiB).free(0).take(1, 100 * kMiB);
  EXPECT_EQ(script.reserved(), 128);
  EXPECT_EQ(script.reserved(max_split_mb(128)), 228);
  EXPECT_EQ(script.reserved(max_split_mb(129)), 128);
}

// Notes, max_non_split_rounding_mb and its default of 20: an oversize request may be given a block
// that is a little larger, and then keeps all of it.
TEST(CachingAllocatorModel, GivesOversizeRequestsABlockThatIsLessThan20MebibytesLarger) {
  Script close;
  close.take(0, 200 * kMiB).free(0).take(1, 180 * kMiB + kBlock);
  EXPECT_EQ(close.reserved(max_split_mb(128)), 200);
  EXPECT_EQ(close.free(1).stage(Stage::kSave).take(2, 190 * kMiB).reserved(max_split_mb(128)), 200);
  const CachingPeaks whole = close.replay(max_split_mb(128));
  EXPECT_EQ(whole.allocated.stages[static_cast<std::size_t>(Stage::kSave)].peak_bytes, 200 * kMiB);

  Script far;
  far.take(0, 200 * kMiB).free(0).take(1, 180 * kMiB);
  EXPECT_EQ(far.reserved(max_split_mb(128)), 380);
  CachingAllocatorSettings lenient = max_split_mb(128);
  lenient.max_non_split_rounding_bytes = 21 * kMiB;
  EXPECT_EQ(far.reserved(lenient), 200);
}

// Notes, expandable_segments: a segment "which can later be expanded"; it grows by the size of the
// segments that the pool would take otherwise.
TEST(CachingAllocatorModel, AnExpandableSegmentGrowsByWholePages) {
  EXPECT_EQ(Script().take(0, 1).reserved(expandable()), 2);
  EXPECT_EQ(Script().take(0, 30 * kMiB).reserved(expandable()), 40);
  EXPECT_EQ(Script().take(0, 30 * kMiB).take(1, 5 * kMiB).reserved(expandable()), 40);
  const CachingPeaks peaks = Script()
                                 .take(0, 30 * kMiB)
                                 .take(1, 5 * kMiB)
                                 .take(2, 10 * kMiB)
                                 .take(3, 1)
                                 .replay(expandable());
  EXPECT_EQ(peaks.reserved_peak_bytes, 62 * kMiB);
  EXPECT_EQ(peaks.segments, 2);  // one of each pool
  EXPECT_EQ(peaks.allocated.peak_bytes, 45 * kMiB + kBlock);
}

// Notes, expandable_segments: made for "jobs that change allocation sizes".
TEST(CachingAllocatorModel, AnExpandableSegmentServesLargerRequestsFromFreedSmallerOnes) {
  Script script;
  script.take(0, 100 * kMiB).free(0).take(1, 120 * kMiB).free(1).take(2, 140 * kMiB);
  EXPECT_EQ(script.reserved(), 360);
  EXPECT_EQ(script.reserved(expandable()), 140);
}

TEST(CachingAllocatorModel, TheEndOfAnExpandableSegmentIsTakenLast) {
  Script script;  // 9 a, 4 x, 7 free at the end
  script.take(0, 9 * kMiB).take(1, 4 * kMiB).free(0).take(2, 7 * kMiB);
  EXPECT_EQ(script.reserved(expandable()), 20);
  EXPECT_EQ(script.take(3, 9 * kMiB).reserved(expandable()), 40);  // 7 went where 9 was
}

TEST(CachingAllocatorModel, ExpandableBlocksAreSplitWhateverTheirSize) {
  CachingAllocatorSettings both = expandable();
  both.max_split_size_bytes = 128 * kMiB;
  Script script;
  script.take(0, 200 * kMiB).free(0).take(1, 100 * kMiB).take(2, 100 * kMiB);
  EXPECT_EQ(script.reserved(both), 200);
}

// Notes, roundup_power2_divisions: "with 4 divisions, 1200 lies between 1024 and 2048, and is
// rounded up to 1280, the nearest of 1024, 1280, 1536 and 1792". Sizes of up to 4 blocks are left
// alone.
TEST(CachingAllocatorModel, RoundsRequestsToDivisionsOfPowersOfTwo) {
  CachingAllocatorSettings settings;
  settings.roundup_power2_divisions.fill(4);
  const auto rounded = [&](std::int64_t bytes) {
    return Script().take(0, bytes).replay(settings).allocated.peak_bytes;
  };
  EXPECT_EQ(rounded(1200 * kKiB), 1280 * kKiB);
  EXPECT_EQ(rounded(1024 * kKiB), 1024 * kKiB);
  EXPECT_EQ(rounded(4 * kBlock - 1), 4 * kBlock);
  EXPECT_EQ(rounded(9 * kBlock), 10 * kBlock);
  settings.roundup_power2_divisions[0] = 0;  // up to 2 MiB
  EXPECT_EQ(rounded(1200 * kKiB), 1200 * kKiB);
}

TEST(CachingAllocatorModel, LargeSegmentsCanBeOfAnotherSize) {
  CachingAllocatorSettings settings;
  settings.large_segment_bytes = 64 * kMiB;
  EXPECT_EQ(Script().take(0, 2 * kMiB).take(1, 9 * kMiB).reserved(settings), 64);
  EXPECT_EQ(Script().take(0, 10 * kMiB).reserved(settings), 10);
  settings.expandable_segments = true;
  EXPECT_EQ(Script().take(0, 70 * kMiB).reserved(settings), 128);
}

// Before everything goes, one oversize block that is large enough does, or several from the largest
// down.
TEST(CachingAllocatorModel, ReturnsOversizeBlocksFirst) {
  CachingAllocatorSettings card = max_split_mb(64);
  card.capacity_bytes = 210 * kMiB;
  const auto left_after = [&](std::int64_t request) {
    Script script;
    script.take(0, 30 * kMiB).take(1, 100 * kMiB).take(2, 70 * kMiB).free(0).free(1).free(2);
    const CachingPeaks peaks = script.take(3, request).stage(Stage::kSave).replay(card);
    EXPECT_TRUE(peaks.fits);
    return peaks.stage_reserved[static_cast<std::size_t>(Stage::kSave)] / kMiB;
  };
  EXPECT_EQ(left_after(76 * kMiB), 30 + 70 + 76);  // the 100 is too large to be used, but can go
  EXPECT_EQ(left_after(150 * kMiB), 30 + 150);     // 100 and 70 go
  EXPECT_EQ(left_after(190 * kMiB), 190);          // they are not enough: everything goes
}

// Notes: when memory runs out, cached memory that is not in use is returned before the error.
TEST(CachingAllocatorModel, ReturnsUnusedSegmentsRatherThanPassTheCapacity) {
  Script script;
  script.take(0, 12 * kMiB).free(0).take(1, 14 * kMiB);
  EXPECT_EQ(script.reserved(), 26);
  CachingAllocatorSettings small_card;
  small_card.capacity_bytes = 20 * kMiB;
  EXPECT_EQ(script.reserved(small_card), 14);
  EXPECT_TRUE(script.replay(small_card).fits);
  small_card.capacity_bytes = 14 * kMiB - 1;
  EXPECT_FALSE(script.replay(small_card).fits);
  EXPECT_EQ(script.reserved(small_card), 14);  // how much it would take
}

TEST(CachingAllocatorModel, ASegmentThatIsUsedInPartCannotBeReturned) {
  CachingAllocatorSettings small_card;
  small_card.capacity_bytes = 40 * kMiB;
  Script script;
  script.take(0, 9 * kMiB).take(1, 9 * kMiB).free(0).take(2, 22 * kMiB);
  EXPECT_FALSE(script.replay(small_card).fits);
  EXPECT_EQ(script.reserved(small_card), 42);
}

TEST(CachingAllocatorModel, PagesInTheMiddleOfAnExpandableSegmentCanBeReturned) {
  CachingAllocatorSettings card = expandable();
  card.capacity_bytes = 100 * kMiB;
  Script script;
  script.take(0, 50 * kMiB).take(1, 10 * kMiB).free(0).take(2, 60 * kMiB);
  // Of the 50 two whole pages go; the other 10 share a page with what is in use.
  EXPECT_EQ(script.reserved(card), 80);
  EXPECT_TRUE(script.replay(card).fits);
  // The rest of that page is still good for requests, and joins with its neighbour again.
  script.take(3, 10 * kMiB).free(3).free(1).take(4, 20 * kMiB);
  EXPECT_EQ(script.reserved(card), 80);
}

TEST(CachingAllocatorModel, ReturnedPagesAreBackedAgainAtTheLowestAddress) {
  CachingAllocatorSettings card = expandable();
  card.capacity_bytes = 100 * kMiB;
  Script script;  // 0..60 go back while 60..80 is used; 40 fit into the hole, so no page is added
                  // behind
  script.take(0, 60 * kMiB).take(1, 20 * kMiB).free(0).take(2, 80 * kMiB).free(2);
  script.take(3, 40 * kMiB).take(4, 40 * kMiB);
  EXPECT_EQ(script.reserved(card), 100);
  EXPECT_TRUE(script.replay(card).fits);
}

// 40 for the 25; of the 30 another 15 are there, so that one page of 20 would do.
TEST(CachingAllocatorModel, ALimitRefusesByWholeSegmentsWhereTheDriverWouldGiveWhatLacks) {
  Script script;
  script.take(0, 25 * kMiB).take(1, 30 * kMiB);
  CachingAllocatorSettings card = expandable();
  card.capacity_bytes = 60 * kMiB;
  EXPECT_TRUE(script.replay(card).fits);
  EXPECT_EQ(script.reserved(card), 60);
  card.limit_bytes = 60 * kMiB;
  EXPECT_FALSE(script.replay(card).fits);
  card.limit_bytes = 70 * kMiB;
  EXPECT_TRUE(script.replay(card).fits);
}

TEST(CachingAllocatorModel, TheEndOfAnExpandableSegmentCanBeReturned) {
  CachingAllocatorSettings card = expandable();
  card.capacity_bytes = 61 * kMiB;
  Script script;
  script.take(0, 25 * kMiB).take(1, 35 * kMiB).free(1).take(2, kMiB).take(3, 35 * kMiB);
  EXPECT_EQ(script.reserved(card), 62);  // 40 for the 25 and the rest, 2 for the small one, 20 more
  EXPECT_FALSE(script.replay(card).fits);
  card.capacity_bytes = 62 * kMiB;
  EXPECT_TRUE(script.replay(card).fits);
  EXPECT_EQ(script.reserved(card), 62);
}

TEST(CachingAllocatorModel, HostMemoryAndEmptyTensorsTakeNothing) {
  Script script;
  script.take(0, kGiB, MemoryTag::kHost).take(1, 0).free(1).free(0).take(2, 1);
  EXPECT_EQ(script.replay().allocated.peak_bytes, 512);
  EXPECT_EQ(script.reserved(), 2);
}

}  // namespace
}  // namespace headroom
