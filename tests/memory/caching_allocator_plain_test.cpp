// The model of PyTorch's allocator beside one that is written in the plainest way.
#include "headroom/memory/allocator_conf.h"
#include "headroom/memory/caching_allocator_model.h"

#include "memory/allocator_script.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::expandable;
using test::max_split_mb;
using test::Script;

// The same rules, written a second time in the plainest way: every segment is a row of pieces,
// every request looks at all of them.
class PlainModel {
 public:
  explicit PlainModel(const CachingAllocatorSettings& settings) : settings_(settings) {}

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

  const CachingAllocatorSettings& settings_;
  std::vector<Segment> segments_;
};

TEST(CachingAllocatorModel, AgreesWithAPlainModelOnRandomTraces) {
  std::mt19937 random(11);
  const auto draw = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  const CachingAllocatorSettings variants[] = {
      {}, max_split_mb(20), max_split_mb(64), expandable()};
  for (int round = 0; round < 400; ++round) {
    const CachingAllocatorSettings& settings = variants[round % 4];
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

    const CachingPeaks peaks = script.replay(settings);
    ASSERT_EQ(peaks.reserved_peak_bytes, plain.reserved_peak) << "round " << round;
    ASSERT_EQ(peaks.allocated.peak_bytes, plain.allocated_peak) << "round " << round;
    ASSERT_GE(peaks.reserved_peak_bytes, peaks.allocated.peak_bytes);
    ASSERT_EQ(peaks.allocated.stages[static_cast<std::size_t>(Stage::kSave)].peak_bytes, 0);
    const CachingPeaks again = script.replay(settings);
    ASSERT_EQ(again.reserved_peak_bytes, peaks.reserved_peak_bytes);
    ASSERT_EQ(again.segments, peaks.segments);

    // On a card of any size: never more than its capacity unless it says so.
    CachingAllocatorSettings card = settings;
    card.capacity_bytes = draw(plain.allocated_peak / 2, plain.reserved_peak + kMiB);
    const CachingPeaks squeezed = script.replay(card);
    ASSERT_EQ(squeezed.fits, squeezed.reserved_peak_bytes <= card.capacity_bytes) << round;
    ASSERT_GE(squeezed.reserved_peak_bytes, squeezed.allocated.peak_bytes) << round;
    ASSERT_EQ(squeezed.allocated.stages[static_cast<std::size_t>(Stage::kSave)].peak_bytes, 0);
    if (card.capacity_bytes >= plain.reserved_peak) {
      ASSERT_EQ(squeezed.reserved_peak_bytes, plain.reserved_peak) << round;
    }
  }
}

}  // namespace
}  // namespace headroom
