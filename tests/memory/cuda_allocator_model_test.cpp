#include "headroom/memory/cuda_allocator_model.h"

#include "headroom/core/error.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// "Notes" are PyTorch's notes on CUDA semantics, section Memory management; "constants" are those
// of c10/core/AllocatorConfig.h, whose comments give the rules for sizes.
namespace headroom {
namespace {

constexpr std::int64_t kBlock = 512;

class Script {
 public:
  Script& stage(Stage stage) {
    ledger.entries.push_back({.kind = Ledger::Kind::kStage, .stage = stage});
    return *this;
  }
  Script& take(std::uint32_t id, std::int64_t bytes, MemoryTag tag = MemoryTag::kActivations) {
    ledger.entries.push_back(
        {.kind = Ledger::Kind::kAllocate, .tag = tag, .id = id, .bytes = bytes});
    return *this;
  }
  Script& free(std::uint32_t id) {
    ledger.entries.push_back({.kind = Ledger::Kind::kFree, .id = id});
    return *this;
  }
  [[nodiscard]] CudaPeaks replay(const CudaAllocatorSettings& settings = {}) const {
    return replay_cuda_caching(ledger, settings);
  }
  // In MiB, for the many cases that are made of whole ones.
  [[nodiscard]] double reserved(const CudaAllocatorSettings& settings = {}) const {
    return static_cast<double>(replay(settings).reserved_peak_bytes) / kMiB;
  }
  Ledger ledger;
};

CudaAllocatorSettings expandable() {
  CudaAllocatorSettings settings;
  settings.expandable_segments = true;
  return settings;
}

CudaAllocatorSettings max_split_mb(std::int64_t mb) {
  CudaAllocatorSettings settings;
  settings.max_split_size_bytes = mb * kMiB;
  return settings;
}

TEST(CudaAllocatorModel, AnEmptyLedgerNeedsNothing) {
  const CudaPeaks peaks = replay_cuda_caching({});
  EXPECT_EQ(peaks.reserved_peak_bytes, 0);
  EXPECT_EQ(peaks.allocated.peak_bytes, 0);
  EXPECT_EQ(peaks.segments, 0);
  EXPECT_TRUE(peaks.fits);
}

// Constants: "all sizes are rounded to at least 512 bytes".
TEST(CudaAllocatorModel, RoundsRequestsUpTo512Bytes) {
  EXPECT_EQ(Script().take(0, 1).replay().allocated.peak_bytes, 512);
  EXPECT_EQ(Script().take(0, 512).replay().allocated.peak_bytes, 512);
  EXPECT_EQ(Script().take(0, 513).replay().allocated.peak_bytes, 1024);
}

// Constants: "largest small allocation is 1 MiB", "small allocations are packed in 2 MiB blocks",
// "allocations between 1 and 10 MiB may use kLargeBuffer" (20 MiB), "round up large allocations to
// 2 MiB".
TEST(CudaAllocatorModel, AsksTheDriverForSegmentsBySizeOfTheRequest) {
  struct Case {
    std::int64_t request, segment;
  };
  for (const Case& c : {Case{1, 2 * kMiB}, Case{kMiB, 2 * kMiB}, Case{kMiB + 1, 20 * kMiB},
                        Case{10 * kMiB - kBlock, 20 * kMiB}, Case{10 * kMiB, 10 * kMiB},
                        Case{10 * kMiB + 1, 12 * kMiB}, Case{100 * kMiB, 100 * kMiB},
                        Case{5 * kGiB - 1, 5 * kGiB}}) {
    const CudaPeaks peaks = Script().take(0, c.request).replay();
    EXPECT_EQ(peaks.reserved_peak_bytes, c.segment) << c.request;
    EXPECT_EQ(peaks.segments, 1) << c.request;
  }
}

TEST(CudaAllocatorModel, RequestsOfOnePoolShareItsSegments) {
  EXPECT_EQ(Script().take(0, kMiB).take(1, kMiB).reserved(), 2);
  EXPECT_EQ(Script().take(0, kMiB).take(1, kMiB).take(2, 1).reserved(), 4);
  EXPECT_EQ(Script().take(0, 9 * kMiB).take(1, 9 * kMiB).take(2, 2 * kMiB).reserved(), 20);
  // A small request does not go into the large pool, however much is free there.
  const CudaPeaks peaks = Script().take(0, 2 * kMiB).take(1, 512).replay();
  EXPECT_EQ(peaks.reserved_peak_bytes, 22 * kMiB);
  EXPECT_EQ(peaks.segments, 2);
}

// Small pool: what is left is kept from 512 bytes on.
TEST(CudaAllocatorModel, SplitsSmallBlocksDownToTheLastUnit) {
  EXPECT_EQ(Script().take(0, kMiB).take(1, kMiB - kBlock).take(2, 1).reserved(), 2);
}

// Large pool: what is left must be more than 1 MiB, or it stays with the block.
TEST(CudaAllocatorModel, SplitsLargeBlocksOnlyForMoreThanOneMebibyte) {
  const CudaPeaks split = Script().take(0, 11 * kMiB - kBlock).replay();
  EXPECT_EQ(split.reserved_peak_bytes, 12 * kMiB);
  EXPECT_EQ(split.allocated.peak_bytes, 11 * kMiB - kBlock);
  const CudaPeaks whole = Script().take(0, 11 * kMiB).replay();
  EXPECT_EQ(whole.reserved_peak_bytes, 12 * kMiB);
  EXPECT_EQ(whole.allocated.peak_bytes, 12 * kMiB);
}

TEST(CudaAllocatorModel, TakesTheSmallestFreeBlockThatIsLargeEnough) {
  Script script;
  script.take(0, 14 * kMiB).take(1, 12 * kMiB).free(0).free(1);
  script.take(2, 12 * kMiB).take(3, 14 * kMiB);  // first fit would have broken the 14
  EXPECT_EQ(script.reserved(), 26);
}

TEST(CudaAllocatorModel, TakesTheLowestAddressOfEqualBlocks) {
  Script script;  // 4 a, 4 x, 4 b, 8 y
  script.take(0, 4 * kMiB).take(1, 4 * kMiB).take(2, 4 * kMiB).take(3, 8 * kMiB).free(2).free(0);
  script.take(4, 4 * kMiB);  // where a was, so that b and y can join
  script.free(3).take(5, 12 * kMiB);
  EXPECT_EQ(script.reserved(), 20);
}

TEST(CudaAllocatorModel, JoinsFreedNeighboursOfASegment) {
  for (const std::vector<std::uint32_t>& order :
       {std::vector<std::uint32_t>{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {2, 1, 0}}) {
    Script script;
    script.take(0, 6 * kMiB).take(1, 6 * kMiB).take(2, 6 * kMiB);
    for (const std::uint32_t id : order) script.free(id);
    EXPECT_EQ(script.take(3, 20 * kMiB).reserved(), 20);
  }
}

TEST(CudaAllocatorModel, NeverJoinsBlocksOfTwoSegments) {
  Script script;
  script.take(0, 10 * kMiB).take(1, 10 * kMiB).free(0).free(1).take(2, 20 * kMiB);
  EXPECT_EQ(script.reserved(), 40);
  EXPECT_EQ(script.replay().segments, 3);
}

// Notes: "memory that is freed is kept and still shows as used".
TEST(CudaAllocatorModel, KeepsWhatIsFreedAndUsesItAgain) {
  Script script;
  script.stage(Stage::kEncode).take(0, 100 * kMiB, MemoryTag::kWeights).free(0);
  script.stage(Stage::kDenoise).take(1, 60 * kMiB).take(2, 40 * kMiB).free(1).free(2);
  script.stage(Stage::kDecode);
  const CudaPeaks peaks = script.replay();
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
TEST(CudaAllocatorModel, DoesNotGiveOversizeBlocksToSmallerRequests) {
  Script script;
  script.take(0, 128 * kMiB).free(0).take(1, 100 * kMiB);
  EXPECT_EQ(script.reserved(), 128);
  EXPECT_EQ(script.reserved(max_split_mb(128)), 228);
  EXPECT_EQ(script.reserved(max_split_mb(129)), 128);
}

// Notes, max_non_split_rounding_mb and its default of 20: an oversize request may be given a block
// that is a little larger, and then keeps all of it.
TEST(CudaAllocatorModel, GivesOversizeRequestsABlockThatIsLessThan20MebibytesLarger) {
  Script close;
  close.take(0, 200 * kMiB).free(0).take(1, 180 * kMiB + kBlock);
  EXPECT_EQ(close.reserved(max_split_mb(128)), 200);
  EXPECT_EQ(close.free(1).stage(Stage::kSave).take(2, 190 * kMiB).reserved(max_split_mb(128)), 200);
  const CudaPeaks whole = close.replay(max_split_mb(128));
  EXPECT_EQ(whole.allocated.stages[static_cast<std::size_t>(Stage::kSave)].peak_bytes, 200 * kMiB);

  Script far;
  far.take(0, 200 * kMiB).free(0).take(1, 180 * kMiB);
  EXPECT_EQ(far.reserved(max_split_mb(128)), 380);
  CudaAllocatorSettings lenient = max_split_mb(128);
  lenient.max_non_split_rounding_bytes = 21 * kMiB;
  EXPECT_EQ(far.reserved(lenient), 200);
}

// Notes, expandable_segments: a segment "which can later be expanded"; it grows by the size of the
// segments that the pool would take otherwise.
TEST(CudaAllocatorModel, AnExpandableSegmentGrowsByWholePages) {
  EXPECT_EQ(Script().take(0, 1).reserved(expandable()), 2);
  EXPECT_EQ(Script().take(0, 30 * kMiB).reserved(expandable()), 40);
  EXPECT_EQ(Script().take(0, 30 * kMiB).take(1, 5 * kMiB).reserved(expandable()), 40);
  const CudaPeaks peaks = Script()
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
TEST(CudaAllocatorModel, AnExpandableSegmentServesLargerRequestsFromFreedSmallerOnes) {
  Script script;
  script.take(0, 100 * kMiB).free(0).take(1, 120 * kMiB).free(1).take(2, 140 * kMiB);
  EXPECT_EQ(script.reserved(), 360);
  EXPECT_EQ(script.reserved(expandable()), 140);
}

TEST(CudaAllocatorModel, TheEndOfAnExpandableSegmentIsTakenLast) {
  Script script;  // 9 a, 4 x, 7 free at the end
  script.take(0, 9 * kMiB).take(1, 4 * kMiB).free(0).take(2, 7 * kMiB);
  EXPECT_EQ(script.reserved(expandable()), 20);
  EXPECT_EQ(script.take(3, 9 * kMiB).reserved(expandable()), 40);  // 7 went where 9 was
}

TEST(CudaAllocatorModel, ExpandableBlocksAreSplitWhateverTheirSize) {
  CudaAllocatorSettings both = expandable();
  both.max_split_size_bytes = 128 * kMiB;
  Script script;
  script.take(0, 200 * kMiB).free(0).take(1, 100 * kMiB).take(2, 100 * kMiB);
  EXPECT_EQ(script.reserved(both), 200);
}

// Notes: when memory runs out, cached memory that is not in use is returned before the error.
TEST(CudaAllocatorModel, ReturnsUnusedSegmentsRatherThanPassTheCapacity) {
  Script script;
  script.take(0, 12 * kMiB).free(0).take(1, 14 * kMiB);
  EXPECT_EQ(script.reserved(), 26);
  CudaAllocatorSettings small_card;
  small_card.capacity_bytes = 20 * kMiB;
  EXPECT_EQ(script.reserved(small_card), 14);
  EXPECT_TRUE(script.replay(small_card).fits);
  small_card.capacity_bytes = 14 * kMiB - 1;
  EXPECT_FALSE(script.replay(small_card).fits);
  EXPECT_EQ(script.reserved(small_card), 14);  // how much it would take
}

TEST(CudaAllocatorModel, ASegmentThatIsUsedInPartCannotBeReturned) {
  CudaAllocatorSettings small_card;
  small_card.capacity_bytes = 40 * kMiB;
  Script script;
  script.take(0, 9 * kMiB).take(1, 9 * kMiB).free(0).take(2, 22 * kMiB);
  EXPECT_FALSE(script.replay(small_card).fits);
  EXPECT_EQ(script.reserved(small_card), 42);
}

TEST(CudaAllocatorModel, PagesInTheMiddleOfAnExpandableSegmentCanBeReturned) {
  CudaAllocatorSettings card = expandable();
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

TEST(CudaAllocatorModel, TheEndOfAnExpandableSegmentCanBeReturned) {
  CudaAllocatorSettings card = expandable();
  card.capacity_bytes = 61 * kMiB;
  Script script;
  script.take(0, 25 * kMiB).take(1, 35 * kMiB).free(1).take(2, kMiB).take(3, 35 * kMiB);
  EXPECT_EQ(script.reserved(card), 62);  // 40 for the 25 and the rest, 2 for the small one, 20 more
  EXPECT_FALSE(script.replay(card).fits);
  card.capacity_bytes = 62 * kMiB;
  EXPECT_TRUE(script.replay(card).fits);
  EXPECT_EQ(script.reserved(card), 62);
}

TEST(CudaAllocatorModel, HostMemoryAndEmptyTensorsTakeNothing) {
  Script script;
  script.take(0, kGiB, MemoryTag::kHost).take(1, 0).free(1).free(0).take(2, 1);
  EXPECT_EQ(script.replay().allocated.peak_bytes, 512);
  EXPECT_EQ(script.reserved(), 2);
}

// The same rules, written a second time in the plainest way: every segment is a row of pieces,
// every request looks at all of them.
class PlainModel {
 public:
  explicit PlainModel(const CudaAllocatorSettings& settings) : settings_(settings) {}

  void take(std::uint32_t id, std::int64_t bytes) {
    const std::int64_t request = (bytes + 511) / 512 * 512;
    const bool small = request <= kMiB;
    Place best{};
    std::int64_t best_size = -1;
    for (std::size_t s = 0; s < segments_.size(); ++s) {
      for (std::size_t p = 0; p < segments_[s].pieces.size(); ++p) {
        const Piece& piece = segments_[s].pieces[p];
        if (segments_[s].small != small || piece.owner >= 0 || piece.bytes < request) continue;
        const bool tail = settings_.expandable_segments && p + 1 == segments_[s].pieces.size();
        const std::int64_t size = tail ? std::numeric_limits<std::int64_t>::max() : piece.bytes;
        if (best_size >= 0 && size >= best_size) continue;
        best = {s, p};
        best_size = size;
      }
    }
    const std::int64_t limit = settings_.max_split_size_bytes;
    if (best_size >= 0 && !settings_.expandable_segments) {
      if (request < limit && best_size >= limit) best_size = -1;
      if (request >= limit && best_size >= request + settings_.max_non_split_rounding_bytes) {
        best_size = -1;
      }
    }
    if (best_size < 0) best = grow(small, request);
    std::vector<Piece>& pieces = segments_[best.segment].pieces;
    const std::int64_t rest = pieces[best.piece].bytes - request;
    pieces[best.piece].owner = id;
    const bool split =
        small || settings_.expandable_segments ? rest >= 512 : request < limit && rest > kMiB;
    if (split) {
      pieces[best.piece].bytes = request;
      pieces.insert(pieces.begin() + static_cast<std::ptrdiff_t>(best.piece) + 1, Piece{rest, -1});
    }
    note();
  }

  void free(std::uint32_t id) {
    for (Segment& segment : segments_) {
      for (Piece& piece : segment.pieces) {
        if (piece.owner == id) piece.owner = -1;
      }
      for (std::size_t p = 1; p < segment.pieces.size();) {
        if (segment.pieces[p - 1].owner < 0 && segment.pieces[p].owner < 0) {
          segment.pieces[p - 1].bytes += segment.pieces[p].bytes;
          segment.pieces.erase(segment.pieces.begin() + static_cast<std::ptrdiff_t>(p));
        } else {
          ++p;
        }
      }
    }
  }

  std::int64_t reserved_peak = 0, allocated_peak = 0;

 private:
  struct Piece {
    std::int64_t bytes;
    std::int64_t owner;  // -1 = free
  };
  struct Segment {
    bool small;
    std::vector<Piece> pieces;
  };
  struct Place {
    std::size_t segment, piece;
  };

  Place grow(bool small, std::int64_t request) {
    const std::int64_t page = small ? 2 * kMiB : 20 * kMiB;
    if (settings_.expandable_segments) {
      for (std::size_t s = 0; s < segments_.size(); ++s) {
        if (segments_[s].small != small) continue;
        std::vector<Piece>& pieces = segments_[s].pieces;
        if (pieces.back().owner >= 0) pieces.push_back({0, -1});
        while (pieces.back().bytes < request) pieces.back().bytes += page;
        return {s, pieces.size() - 1};
      }
      segments_.push_back({small, {{(request + page - 1) / page * page, -1}}});
    } else {
      const bool own = request >= 10 * kMiB;
      segments_.push_back(
          {small, {{own ? (request + 2 * kMiB - 1) / (2 * kMiB) * (2 * kMiB) : page, -1}}});
    }
    return {segments_.size() - 1, 0};
  }

  void note() {
    std::int64_t reserved = 0, allocated = 0;
    for (const Segment& segment : segments_) {
      for (const Piece& piece : segment.pieces) {
        reserved += piece.bytes;
        if (piece.owner >= 0) allocated += piece.bytes;
      }
    }
    reserved_peak = std::max(reserved_peak, reserved);
    allocated_peak = std::max(allocated_peak, allocated);
  }

  const CudaAllocatorSettings& settings_;
  std::vector<Segment> segments_;
};

TEST(CudaAllocatorModel, AgreesWithAPlainModelOnRandomLedgers) {
  std::mt19937 random(11);
  const auto draw = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  const CudaAllocatorSettings variants[] = {{}, max_split_mb(20), max_split_mb(64), expandable()};
  for (int round = 0; round < 400; ++round) {
    const CudaAllocatorSettings& settings = variants[round % 4];
    PlainModel plain(settings);
    Script script;
    std::vector<std::uint32_t> alive;
    const std::int64_t whole = draw(0, 1) == 0 ? kMiB : 1;  // whole MiB make ties
    for (std::uint32_t id = 0; id < 250; ++id) {
      while (!alive.empty() && draw(0, 99) < 45) {
        const auto at = static_cast<std::size_t>(draw(0, static_cast<int>(alive.size()) - 1));
        script.free(alive[at]);
        plain.free(alive[at]);
        alive.erase(alive.begin() + static_cast<std::ptrdiff_t>(at));
      }
      const std::int64_t upper[] = {64 * kKiB, 2 * kMiB, 24 * kMiB, 200 * kMiB};
      const std::int64_t bytes =
          std::max<std::int64_t>(draw(1, upper[draw(0, 3)]) / whole * whole, 1);
      script.take(id, bytes);
      plain.take(id, bytes);
      alive.push_back(id);
    }
    for (const std::uint32_t id : alive) script.free(id);
    script.stage(Stage::kSave);

    const CudaPeaks peaks = script.replay(settings);
    ASSERT_EQ(peaks.reserved_peak_bytes, plain.reserved_peak) << "round " << round;
    ASSERT_EQ(peaks.allocated.peak_bytes, plain.allocated_peak) << "round " << round;
    ASSERT_GE(peaks.reserved_peak_bytes, peaks.allocated.peak_bytes);
    ASSERT_EQ(peaks.allocated.stages[static_cast<std::size_t>(Stage::kSave)].peak_bytes, 0);
    const CudaPeaks again = script.replay(settings);
    ASSERT_EQ(again.reserved_peak_bytes, peaks.reserved_peak_bytes);
    ASSERT_EQ(again.segments, peaks.segments);

    // On a card of any size: never more than its capacity unless it says so.
    CudaAllocatorSettings card = settings;
    card.capacity_bytes = draw(plain.allocated_peak / 2, plain.reserved_peak + kMiB);
    const CudaPeaks squeezed = script.replay(card);
    ASSERT_EQ(squeezed.fits, squeezed.reserved_peak_bytes <= card.capacity_bytes) << round;
    ASSERT_GE(squeezed.reserved_peak_bytes, squeezed.allocated.peak_bytes) << round;
    ASSERT_EQ(squeezed.allocated.stages[static_cast<std::size_t>(Stage::kSave)].peak_bytes, 0);
    if (card.capacity_bytes >= plain.reserved_peak) {
      ASSERT_EQ(squeezed.reserved_peak_bytes, plain.reserved_peak) << round;
    }
  }
}

TEST(CudaAllocConf, EmptyTextIsTheDefault) {
  for (const char* text : {"", "  ", ","}) {
    const CudaAllocatorSettings settings = parse_cuda_alloc_conf(text);
    EXPECT_EQ(settings.max_split_size_bytes, std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(settings.max_non_split_rounding_bytes, 20 * kMiB);
    EXPECT_FALSE(settings.expandable_segments);
    EXPECT_EQ(settings.garbage_collection_threshold, 0);
    EXPECT_TRUE(settings.notes.empty());
    EXPECT_TRUE(settings.unknown_keys.empty());
  }
}

TEST(CudaAllocConf, ReadsTheOptionsThatTheModelFollows) {
  const CudaAllocatorSettings settings = parse_cuda_alloc_conf(
      " max_split_size_mb:128, expandable_segments : "
      "True,max_non_split_rounding_mb:32,backend:native,"
      "pinned_use_background_threads:True");
  EXPECT_EQ(settings.max_split_size_bytes, 128 * kMiB);
  EXPECT_EQ(settings.max_non_split_rounding_bytes, 32 * kMiB);
  EXPECT_TRUE(settings.expandable_segments);
  EXPECT_TRUE(settings.notes.empty());
  EXPECT_TRUE(settings.unknown_keys.empty());
  EXPECT_FALSE(parse_cuda_alloc_conf("expandable_segments:False").expandable_segments);
  EXPECT_EQ(parse_cuda_alloc_conf("max_split_size_mb:20").max_split_size_bytes, 20 * kMiB);
}

TEST(CudaAllocConf, SaysWhichOptionsPredictionsLeaveOut) {
  const CudaAllocatorSettings settings = parse_cuda_alloc_conf(
      "garbage_collection_threshold:0.8,roundup_power2_divisions:[256:1,512:2,>:8],"
      "backend:cudaMallocAsync,max_split_size_mb:64");
  EXPECT_DOUBLE_EQ(settings.garbage_collection_threshold, 0.8);
  EXPECT_EQ(settings.max_split_size_bytes, 64 * kMiB);
  ASSERT_EQ(settings.notes.size(), 3u);
  EXPECT_EQ(settings.notes[0].rfind("garbage_collection_threshold", 0), 0u);
  EXPECT_EQ(settings.notes[1].rfind("roundup_power2_divisions", 0), 0u);
  EXPECT_EQ(settings.notes[2].rfind("backend:cudaMallocAsync", 0), 0u);
  EXPECT_TRUE(settings.unknown_keys.empty());
}

TEST(CudaAllocConf, ListsUnknownKeys) {
  const CudaAllocatorSettings settings =
      parse_cuda_alloc_conf("max_split:128,expandable_segments:True,colour");
  EXPECT_EQ(settings.unknown_keys, (std::vector<std::string>{"max_split", "colour"}));
  EXPECT_TRUE(settings.expandable_segments);
}

TEST(CudaAllocConf, RefusesWhatPyTorchWouldRefuseAndNamesTheOption) {
  for (const char* text :
       {"max_split_size_mb:19", "max_split_size_mb:", "max_split_size_mb", "max_split_size_mb:12x",
        "max_split_size_mb:-128", "max_split_size_mb:99999999999999999999",
        "max_split_size_mb:9000000000000", "max_non_split_rounding_mb:1",
        "expandable_segments:true", "expandable_segments:1",
        "expandable_segments:", "garbage_collection_threshold:0", "garbage_collection_threshold:1",
        "garbage_collection_threshold:nan", "garbage_collection_threshold:much", "backend:other"}) {
    try {
      (void)parse_cuda_alloc_conf(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kConfig) << text;
      const std::string key = std::string(text).substr(0, std::string(text).find(':'));
      EXPECT_NE(std::string(error.what()).find(key + " must be"), std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace headroom
