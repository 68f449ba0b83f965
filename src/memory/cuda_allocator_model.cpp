#include "headroom/memory/cuda_allocator_model.h"

#include "replay_ledger.h"

#include <algorithm>
#include <list>
#include <optional>
#include <set>
#include <tuple>

namespace headroom {
namespace {

// The constants of c10/core/AllocatorConfig.h, by their names there.
constexpr std::int64_t kMinBlockSize = 512;         // all sizes are rounded up to multiples of it
constexpr std::int64_t kSmallSize = kMiB;           // the largest request of the small pool...
constexpr std::int64_t kSmallBuffer = 2 * kMiB;     // ...and its segments
constexpr std::int64_t kMinLargeAlloc = 10 * kMiB;  // smaller requests of the large pool share...
constexpr std::int64_t kLargeBuffer = 20 * kMiB;    // ...segments of this size
constexpr std::int64_t kRoundLarge = 2 * kMiB;      // others get their own, rounded up to this

std::int64_t round_up(std::int64_t bytes, std::int64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

// What is asked of the driver for a request that no free block can serve.
std::int64_t segment_bytes(std::int64_t request) {
  if (request <= kSmallSize) return kSmallBuffer;
  if (request < kMinLargeAlloc) return kLargeBuffer;
  return round_up(request, kRoundLarge);
}

struct Block {
  // kReturned: pages in the middle of an expandable segment that went back to the driver.
  enum class State { kFree, kUsed, kReturned };
  std::int64_t address = 0;
  std::int64_t bytes = 0;
  State state = State::kFree;
  int segment = 0;
  [[nodiscard]] std::int64_t end() const { return address + bytes; }
};
using Blocks = std::list<Block>;  // iterators must stay valid while a block lives
using BlockRef = Blocks::iterator;

struct BySizeThenAddress {
  using is_transparent = void;
  bool operator()(BlockRef a, BlockRef b) const {
    return std::tie(a->bytes, a->address) < std::tie(b->bytes, b->address);
  }
  bool operator()(BlockRef a, std::int64_t bytes) const { return a->bytes < bytes; }
};

// One of the two pools: requests of up to 1 MiB, or larger ones. Requests come rounded.
class Pool {
 public:
  Pool(const CudaAllocatorSettings& settings, bool small) : settings_(settings), small_(small) {}

  // A block of what is reserved already, or nothing.
  std::optional<BlockRef> take_cached(std::int64_t request) {
    const auto found = best_fit(request);
    if (found == free_.end()) return std::nullopt;
    const BlockRef block = *found;
    free_.erase(found);
    return use(block, request);
  }

  // How much the driver must give for `request`.
  std::int64_t growth_for(std::int64_t request) const {
    if (!settings_.expandable_segments) return segment_bytes(request);
    return round_up(std::max<std::int64_t>(request - free_tail_bytes(), 0), page_bytes());
  }

  // A block of what the driver gives.
  BlockRef take_new(std::int64_t request) {
    const std::int64_t growth = growth_for(request);
    const bool extends = settings_.expandable_segments && segments_ > 0;
    if (!extends) ++segments_;
    reserved_ += growth;
    if (extends && free_tail_bytes() > 0) {
      const BlockRef tail = std::prev(blocks_.end());
      free_.erase(tail);
      tail->bytes += growth;
      return use(tail, request);
    }
    const std::int64_t address = blocks_.empty() ? 0 : blocks_.back().end();
    return use(blocks_.insert(blocks_.end(), {address, growth, Block::State::kFree, segments_}),
               request);
  }

  // Freed blocks are joined with their free neighbours at once.
  void give_back(BlockRef block) {
    block->state = Block::State::kFree;
    const auto joins = [&](BlockRef other) {
      return other->state == Block::State::kFree && other->segment == block->segment;
    };
    if (block != blocks_.begin() && joins(std::prev(block))) {
      const BlockRef left = std::prev(block);
      block->address = left->address;
      block->bytes += left->bytes;
      free_.erase(left);
      blocks_.erase(left);
    }
    if (!is_tail(block) && joins(std::next(block))) {
      const BlockRef right = std::next(block);
      block->bytes += right->bytes;
      free_.erase(right);
      blocks_.erase(right);
    }
    free_.insert(block);
  }

  // Gives the driver back all that is whole and unused.
  void release_unused() {
    const std::vector<BlockRef> unused(free_.begin(), free_.end());
    for (const BlockRef block : unused) {
      if (settings_.expandable_segments) {
        release_pages(block);
      } else if (is_whole_segment(block)) {
        reserved_ -= block->bytes;
        free_.erase(block);
        blocks_.erase(block);
      }
    }
  }

  [[nodiscard]] std::int64_t reserved_bytes() const { return reserved_; }
  [[nodiscard]] int segments() const { return segments_; }

 private:
  using FreeBlocks = std::set<BlockRef, BySizeThenAddress>;

  // An expandable segment grows by whole pages.
  [[nodiscard]] std::int64_t page_bytes() const { return small_ ? kSmallBuffer : kLargeBuffer; }

  bool is_tail(BlockRef block) { return std::next(block) == blocks_.end(); }

  [[nodiscard]] std::int64_t free_tail_bytes() const {
    const bool has_one = !blocks_.empty() && blocks_.back().state == Block::State::kFree;
    return has_one ? blocks_.back().bytes : 0;
  }

  // The smallest free block that is large enough; of equals the one with the lowest address.
  FreeBlocks::iterator best_fit(std::int64_t request) {
    auto fit = free_.lower_bound(request);
    if (fit == free_.end()) return fit;
    // The last block of an expandable segment counts as large as it can become, so that any other
    // that is large enough comes first.
    if (settings_.expandable_segments && is_tail(*fit) && std::next(fit) != free_.end()) ++fit;
    // Oversize blocks are for oversize requests, and only for those that nearly fill them.
    const std::int64_t oversize = settings_.max_split_size_bytes;
    const std::int64_t surplus = (*fit)->bytes - request;
    if (request < oversize && (*fit)->bytes >= oversize) return free_.end();
    if (request >= oversize && surplus >= settings_.max_non_split_rounding_bytes)
      return free_.end();
    return fit;
  }

  [[nodiscard]] bool should_split(std::int64_t request, std::int64_t remainder) const {
    if (small_ || settings_.expandable_segments) return remainder >= kMinBlockSize;
    return request < settings_.max_split_size_bytes && remainder > kSmallSize;
  }

  // Takes a block that is not in free_; what the request leaves of it becomes a free block.
  BlockRef use(BlockRef block, std::int64_t request) {
    const std::int64_t remainder = block->bytes - request;
    block->state = Block::State::kUsed;
    if (should_split(request, remainder)) {
      block->bytes = request;
      insert_free(std::next(block), {block->end(), remainder, Block::State::kFree, block->segment});
    }
    return block;
  }

  void insert_free(BlockRef before, const Block& block) {
    free_.insert(blocks_.insert(before, block));
  }

  bool is_whole_segment(BlockRef block) {
    const bool begins = block == blocks_.begin() || std::prev(block)->segment != block->segment;
    return begins && (is_tail(block) || std::next(block)->segment != block->segment);
  }

  // Gives back the pages that lie wholly inside of a free block of an expandable segment. Their
  // addresses are not used again, except at the end: address space is plentiful.
  void release_pages(BlockRef block) {
    const std::int64_t begin = round_up(block->address, page_bytes());
    const std::int64_t end = block->end() / page_bytes() * page_bytes();
    if (end <= begin) return;
    const Block whole = *block;
    reserved_ -= end - begin;
    free_.erase(block);
    if (whole.address < begin) {
      insert_free(block, {whole.address, begin - whole.address, whole.state, whole.segment});
    }
    if (end < whole.end()) {
      insert_free(std::next(block), {end, whole.end() - end, whole.state, whole.segment});
    }
    if (is_tail(block)) {
      blocks_.erase(block);
    } else {
      *block = {begin, end - begin, Block::State::kReturned, whole.segment};
    }
  }

  const CudaAllocatorSettings& settings_;
  const bool small_;
  Blocks blocks_;  // by address
  FreeBlocks free_;
  std::int64_t reserved_ = 0;
  int segments_ = 0;
};

class CachingAllocator {
 public:
  explicit CachingAllocator(const CudaAllocatorSettings& settings)
      : capacity_(settings.capacity_bytes), small_(settings, true), large_(settings, false) {}

  struct Held {
    Pool* pool;
    BlockRef block;
  };

  Held take(std::int64_t bytes) {
    const std::int64_t request = round_up(bytes, kMinBlockSize);
    Pool& pool = request <= kSmallSize ? small_ : large_;
    if (const std::optional<BlockRef> block = pool.take_cached(request)) return {&pool, *block};
    const auto passes = [&] { return pool.growth_for(request) > capacity_ - reserved_bytes(); };
    if (passes()) {
      small_.release_unused();
      large_.release_unused();
      if (passes()) fits_ = false;
    }
    return {&pool, pool.take_new(request)};
  }

  static std::int64_t bytes_of(const Held& held) { return held.block->bytes; }
  static void give_back(const Held& held) { held.pool->give_back(held.block); }

  [[nodiscard]] std::int64_t reserved_bytes() const {
    return small_.reserved_bytes() + large_.reserved_bytes();
  }
  [[nodiscard]] int segments() const { return small_.segments() + large_.segments(); }
  [[nodiscard]] bool fits() const { return fits_; }

 private:
  const std::int64_t capacity_;
  Pool small_, large_;
  bool fits_ = true;
};

}  // namespace

CudaPeaks replay_cuda_caching(const Ledger& ledger, const CudaAllocatorSettings& settings) {
  CachingAllocator allocator(settings);
  CudaPeaks peaks;
  peaks.allocated = replay_ledger(ledger, allocator, [&](Stage stage) {
    std::int64_t& of_stage = peaks.stage_reserved[static_cast<std::size_t>(stage)];
    of_stage = std::max(of_stage, allocator.reserved_bytes());
    peaks.reserved_peak_bytes = std::max(peaks.reserved_peak_bytes, of_stage);
  });
  peaks.segments = allocator.segments();
  peaks.fits = allocator.fits();
  return peaks;
}

}  // namespace headroom
