#pragma once
#include "headroom/memory/allocator_conf.h"
#include "headroom/memory/caching_allocator_model.h"

#include <cstdint>
#include <list>
#include <optional>
#include <set>

namespace headroom {

// The constants of c10/core/AllocatorConfig.h, by their names there.
namespace caching_allocator {
constexpr std::int64_t kMinBlockSize = 512;           // all sizes are rounded up to multiples of it
constexpr std::int64_t kSmallSize = kSmallRequest;    // the largest request of the small pool...
constexpr std::int64_t kSmallBuffer = kSmallSegment;  // ...and its segments
constexpr std::int64_t kMinLargeAlloc = 10 * kMiB;  // smaller requests of the large pool share one
constexpr std::int64_t kRoundLarge = 2 * kMiB;      // others get their own, rounded up to this
}  // namespace caching_allocator

// One of the two pools of PyTorch's caching allocator: for requests of up to 1 MiB, or for larger
// ones. Sizes of requests are rounded already. The driver grants at most `room` bytes.
class CachingPool {
 public:
  struct Block {
    // kUnmapped: addresses of an expandable segment that have no memory.
    enum class State { kFree, kUsed, kUnmapped };
    std::int64_t address = 0;
    std::int64_t bytes = 0;
    State state = State::kFree;
    int segment = 0;
    [[nodiscard]] std::int64_t end() const { return address + bytes; }
  };
  using Blocks = std::list<Block>;  // iterators must stay valid while a block lives
  using BlockRef = Blocks::iterator;

  CachingPool(const CachingAllocatorSettings& settings, bool small)
      : settings_(settings), small_(small) {}

  // Takes a block of memory that is reserved already; nothing if there is none.
  std::optional<BlockRef> take_cached(std::int64_t request);
  // Takes a block of new memory from the driver; nothing if the driver refuses.
  std::optional<BlockRef> take_new(std::int64_t request, std::int64_t room);
  // Frees a block and joins it with free neighbours at once.
  void give_back(BlockRef block);
  // Gives oversize blocks back to the driver until the request could fit; false when they are not
  // enough.
  bool release_oversize(std::int64_t request);
  // Gives all segments that are wholly unused back to the driver.
  void release_unused();

  // The size of a new segment for the request.
  [[nodiscard]] std::int64_t segment_bytes(std::int64_t request) const;

  [[nodiscard]] std::int64_t reserved_bytes() const { return reserved_; }
  [[nodiscard]] int segments() const { return segments_; }

 private:
  struct BySizeThenAddress {
    using is_transparent = void;
    bool operator()(BlockRef a, BlockRef b) const;
    bool operator()(BlockRef a, std::int64_t bytes) const { return a->bytes < bytes; }
  };
  struct ByAddress {
    bool operator()(BlockRef a, BlockRef b) const { return a->address < b->address; }
  };
  using FreeBlocks = std::set<BlockRef, BySizeThenAddress>;

  // The neighbours in the same segment, or nothing.
  std::optional<BlockRef> before(BlockRef block);
  std::optional<BlockRef> after(BlockRef block);
  bool is_whole_segment(BlockRef block) { return !before(block) && !after(block); }
  // Joins the block with neighbours in the same state. The block itself must be in neither set.
  void join(BlockRef block);
  void forget(BlockRef block);  // takes it out of the set it is in
  void insert(BlockRef place, const Block& block);
  // Uses a block that is in no set; the part that the request leaves over becomes a free block.
  BlockRef use(BlockRef block, std::int64_t request);

  FreeBlocks::iterator best_fit(std::int64_t request);
  [[nodiscard]] bool should_split(std::int64_t request, std::int64_t remainder) const;
  [[nodiscard]] std::int64_t room_to_grow(BlockRef block);

  [[nodiscard]] std::int64_t page_bytes() const;
  std::optional<BlockRef> take_pages(std::int64_t request, std::int64_t room);
  BlockRef find_addresses(std::int64_t request);
  bool has_addresses(BlockRef first, std::int64_t request);
  BlockRef begin_segment(std::int64_t bytes, Block::State state);
  bool map(BlockRef block, std::int64_t bytes, std::int64_t& room);
  void unmap(BlockRef block);
  void release(BlockRef block);

  const CachingAllocatorSettings& settings_;
  const bool small_;
  Blocks blocks_;                        // by address
  FreeBlocks free_;                      // kFree
  std::set<BlockRef, ByAddress> holes_;  // kUnmapped
  std::int64_t reserved_ = 0;
  int segments_ = 0;
};

}  // namespace headroom
