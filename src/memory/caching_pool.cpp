#include "caching_pool.h"

#include "headroom/core/round_up.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <vector>

namespace headroom {

using namespace caching_allocator;

bool CachingPool::BySizeThenAddress::operator()(BlockRef a, BlockRef b) const {
  return std::tie(a->bytes, a->address) < std::tie(b->bytes, b->address);
}

std::optional<CachingPool::BlockRef> CachingPool::take_cached(std::int64_t request) {
  const auto found = best_fit(request);
  if (found == free_.end()) return std::nullopt;
  const BlockRef block = *found;
  free_.erase(found);
  return use(block, request);
}

std::optional<CachingPool::BlockRef> CachingPool::take_new(std::int64_t request,
                                                           std::int64_t room) {
  if (settings_.expandable_segments) return take_pages(request, room);
  const std::int64_t bytes = segment_bytes(request);
  if (bytes > room) return std::nullopt;
  reserved_ += bytes;
  return use(begin_segment(bytes, Block::State::kFree), request);
}

void CachingPool::give_back(BlockRef block) {
  block->state = Block::State::kFree;
  join(block);
  free_.insert(block);
}

bool CachingPool::release_oversize(std::int64_t request) {
  const std::int64_t oversize = settings_.max_split_size_bytes;
  if (settings_.expandable_segments || oversize == std::numeric_limits<std::int64_t>::max())
    return false;
  const std::int64_t wanted = std::max(request, oversize);
  if (const auto one = free_.lower_bound(wanted); one != free_.end()) {
    release(*one);
    return true;
  }
  std::int64_t released = 0;
  while (released < wanted && !free_.empty()) {
    const BlockRef largest = *std::prev(free_.end());
    if (largest->bytes < oversize) break;
    released += largest->bytes;
    release(largest);
  }
  return released >= wanted;
}

void CachingPool::release_unused() {
  const std::vector<BlockRef> unused(free_.begin(), free_.end());
  for (const BlockRef block : unused) {
    if (settings_.expandable_segments) {
      unmap(block);
    } else if (is_whole_segment(block)) {
      release(block);
    }
  }
}

std::optional<CachingPool::BlockRef> CachingPool::before(BlockRef block) {
  if (block == blocks_.begin() || std::prev(block)->segment != block->segment) return std::nullopt;
  return std::prev(block);
}

std::optional<CachingPool::BlockRef> CachingPool::after(BlockRef block) {
  const BlockRef next = std::next(block);
  if (next == blocks_.end() || next->segment != block->segment) return std::nullopt;
  return next;
}

void CachingPool::join(BlockRef block) {
  if (const auto left = before(block); left && (*left)->state == block->state) {
    forget(*left);
    block->address = (*left)->address;
    block->bytes += (*left)->bytes;
    blocks_.erase(*left);
  }
  if (const auto right = after(block); right && (*right)->state == block->state) {
    forget(*right);
    block->bytes += (*right)->bytes;
    blocks_.erase(*right);
  }
}

void CachingPool::forget(BlockRef block) {
  if (block->state == Block::State::kFree) free_.erase(block);
  if (block->state == Block::State::kUnmapped) holes_.erase(block);
}

void CachingPool::insert(BlockRef place, const Block& block) {
  const BlockRef inserted = blocks_.insert(place, block);
  if (block.state == Block::State::kFree) free_.insert(inserted);
  if (block.state == Block::State::kUnmapped) holes_.insert(inserted);
}

CachingPool::BlockRef CachingPool::use(BlockRef block, std::int64_t request) {
  const std::int64_t remainder = block->bytes - request;
  block->state = Block::State::kUsed;
  if (should_split(request, remainder)) {
    block->bytes = request;
    insert(std::next(block), {block->end(), remainder, Block::State::kFree, block->segment});
  }
  return block;
}

// The smallest free block that is large enough; of several of equal size the one with the lowest
// address.
CachingPool::FreeBlocks::iterator CachingPool::best_fit(std::int64_t request) {
  auto fit = free_.lower_bound(request);
  if (fit == free_.end()) return fit;
  if (settings_.expandable_segments) {
    // A block that can grow is ranked by the size it can grow to, so that other blocks come first.
    for (auto next = std::next(fit);
         next != free_.end() && room_to_grow(*next) < room_to_grow(*fit); ++next) {
      fit = next;
    }
  }
  // Oversize blocks serve only oversize requests, and only those that nearly fill them.
  const std::int64_t oversize = settings_.max_split_size_bytes;
  const std::int64_t surplus = (*fit)->bytes - request;
  if (request < oversize && (*fit)->bytes >= oversize) return free_.end();
  if (request >= oversize && surplus >= settings_.max_non_split_rounding_bytes) return free_.end();
  return fit;
}

bool CachingPool::should_split(std::int64_t request, std::int64_t remainder) const {
  if (small_ || settings_.expandable_segments) return remainder >= kMinBlockSize;
  return request < settings_.max_split_size_bytes && remainder > kSmallSize;
}

// How much the driver is asked for when no free block can serve the request.
std::int64_t CachingPool::segment_bytes(std::int64_t request) const {
  if (request <= kSmallSize) return kSmallBuffer;
  if (request < kMinLargeAlloc) return settings_.large_segment_bytes;
  return round_up(request, kRoundLarge);
}

std::int64_t CachingPool::room_to_grow(BlockRef block) {
  const auto next = after(block);
  return block->bytes + (next && (*next)->state == Block::State::kUnmapped ? (*next)->bytes : 0);
}

// An expandable segment grows by whole pages.
std::int64_t CachingPool::page_bytes() const {
  return small_ ? kSmallBuffer : settings_.large_segment_bytes;
}

// Pages that were mapped before the driver refuses stay mapped.
std::optional<CachingPool::BlockRef> CachingPool::take_pages(std::int64_t request,
                                                             std::int64_t room) {
  BlockRef block = find_addresses(request);
  if (block->state == Block::State::kUnmapped &&
      !map(block, std::min(block->bytes, request), room)) {
    return std::nullopt;
  }
  while (block->bytes < request) {
    const BlockRef next = std::next(block);
    if (!map(next, std::min(request - block->bytes, next->bytes), room)) return std::nullopt;
    block = next;
  }
  free_.erase(block);
  return use(block, request);
}

// The lowest range of addresses that is large enough and has no memory yet; it may include the
// free blocks before and after it.
CachingPool::BlockRef CachingPool::find_addresses(std::int64_t request) {
  for (const BlockRef hole : holes_) {
    const auto left = before(hole);
    const BlockRef first = left && (*left)->state == Block::State::kFree ? *left : hole;
    if (has_addresses(first, request)) return first;
  }
  // An expandable segment reserves addresses for the whole device and an eighth more.
  constexpr std::int64_t kPlenty = std::int64_t{1} << 60;
  const std::int64_t card = settings_.capacity_bytes;
  const std::int64_t bytes = card >= kPlenty ? kPlenty : card + card / 8;
  const BlockRef segment = begin_segment(round_up(bytes, page_bytes()), Block::State::kUnmapped);
  holes_.insert(segment);
  return segment;
}

bool CachingPool::has_addresses(BlockRef first, std::int64_t request) {
  std::int64_t bytes = 0;
  for (std::optional<BlockRef> block = first;
       block && (*block)->state != Block::State::kUsed && bytes < request; block = after(*block)) {
    bytes += (*block)->bytes;
  }
  return bytes >= request;
}

CachingPool::BlockRef CachingPool::begin_segment(std::int64_t bytes, Block::State state) {
  const std::int64_t address = blocks_.empty() ? 0 : round_up(blocks_.back().end(), page_bytes());
  return blocks_.insert(blocks_.end(), {address, bytes, state, ++segments_});
}

// Maps pages for the first `bytes` of an unmapped block: all or none.
bool CachingPool::map(BlockRef block, std::int64_t bytes, std::int64_t& room) {
  const std::int64_t mapped = round_up(bytes, page_bytes());
  if (mapped > room) return false;
  room -= mapped;
  reserved_ += mapped;
  holes_.erase(block);
  const Block hole = *block;
  block->bytes = mapped;
  block->state = Block::State::kFree;
  if (mapped < hole.bytes) {
    insert(std::next(block), {block->end(), hole.bytes - mapped, hole.state, hole.segment});
  }
  join(block);
  free_.insert(block);
  return true;
}

// Gives back the pages that lie wholly inside a free block.
void CachingPool::unmap(BlockRef block) {
  const Block whole = *block;
  const std::int64_t begin = round_up(whole.address, page_bytes());
  const std::int64_t end = whole.end() / page_bytes() * page_bytes();
  if (end <= begin) return;
  reserved_ -= end - begin;
  free_.erase(block);
  if (whole.address < begin) {
    insert(block, {whole.address, begin - whole.address, whole.state, whole.segment});
  }
  if (end < whole.end()) {
    insert(std::next(block), {end, whole.end() - end, whole.state, whole.segment});
  }
  *block = {begin, end - begin, Block::State::kUnmapped, whole.segment};
  join(block);
  if (is_whole_segment(block)) {
    blocks_.erase(block);
  } else {
    holes_.insert(block);
  }
}

void CachingPool::release(BlockRef block) {
  reserved_ -= block->bytes;
  free_.erase(block);
  blocks_.erase(block);
}

}  // namespace headroom
