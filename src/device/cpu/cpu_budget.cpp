#include "headroom/device/cpu_budget.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/device/allocation_recorder.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include <c10/core/Allocator.h>
#include <malloc.h>
#include <sys/mman.h>

namespace headroom {
namespace {

// Precedes every block; its size keeps the data aligned for AVX-512.
struct alignas(64) Header {
  std::int64_t bytes;
  MemoryTag tag;
};
static_assert(sizeof(Header) == 64);

struct Counters {
  std::mutex mutex;  // one lock for all: sum, limit and peak must be consistent
  cpu_budget::Use use;
  std::int64_t limit = 0;
  std::int64_t fail_at = 0;

  std::int64_t& of(MemoryTag tag) {
    if (tag == MemoryTag::kWorkspace) return use.workspace;
    return tag == MemoryTag::kWeights ? use.weights : use.activations;
  }

  void take(std::int64_t bytes, MemoryTag tag) {
    if (tag == MemoryTag::kHost) return;
    const std::scoped_lock lock(mutex);
    if (tag == MemoryTag::kWorkspace) {
      use.workspace += bytes;
      use.workspace_peak = std::max(use.workspace_peak, use.workspace);
      return;
    }
    check(use.total() + bytes, bytes);
    of(tag) += bytes;
    use.peak = std::max(use.peak, use.total());
    if (limit > 0) use.over_limit = std::max(use.over_limit, use.total() - limit);
    if (use.reserved > 0 && use.total() > use.reserved) {
      use.reserved = use.total();
      ++use.growths;
    }
  }

  void reserve(std::int64_t bytes) {
    const std::scoped_lock lock(mutex);
    if (bytes > 0) check(bytes, bytes - use.total());
    use.reserved = bytes > 0 ? std::max(bytes, use.total()) : 0;
    use.growths = 0;
  }

  // Throws if `total` bytes would exceed the limit. Requires the mutex.
  void check(std::int64_t total, std::int64_t more) {
    ++use.allocations;
    const bool injected = fail_at > 0 && --fail_at == 0;
    if (injected || (limit > 0 && total > limit)) {
      throw Error(ErrorKind::kOutOfMemory,
                  say("out of memory on the CPU budget: {0} more were asked for, {1} of {2} are in "
                      "use",
                      more < kMiB ? "< 1 MB" : format_bytes(more), format_bytes(use.total()),
                      format_bytes(limit)));
    }
  }

  void give_back(std::int64_t bytes, MemoryTag tag) noexcept {
    if (tag == MemoryTag::kHost) return;
    const std::scoped_lock lock(mutex);
    of(tag) -= bytes;
  }
};

Counters& counters() {
  static Counters* const instance = new Counters;  // never destroyed: tensors may outlive main()
  return *instance;
}

constexpr std::size_t kHugePage = 2U << 20U;
constexpr std::size_t kLargeBlock = 2 * kHugePage;

// By default the C library returns memory to the system after nearly every activation, and each
// step pays for the page faults of getting it back: a seventh of a step of the starter model.
void keep_freed_memory() {
  constexpr int kKept = 32 << 20;
  mallopt(M_TRIM_THRESHOLD, kKept);
  mallopt(M_MMAP_THRESHOLD, static_cast<int>(kLargeBlock));
}

// Large blocks are new memory each time. With 4 KiB pages the page faults of first use cost more
// than the arithmetic that fills the block, so ask for huge pages.
void* reserve(std::size_t bytes) {
  if (bytes < kLargeBlock) return std::aligned_alloc(64, (bytes + 63) / 64 * 64);
  void* const block =
      std::aligned_alloc(kHugePage, (bytes + kHugePage - 1) / kHugePage * kHugePage);
  if (block != nullptr) madvise(block, bytes, MADV_HUGEPAGE);
  return block;
}

void release(void* data) {
  if (data == nullptr) return;
  auto* const header = static_cast<Header*>(data) - 1;
  counters().give_back(header->bytes, header->tag);
  std::free(header);
}

class BudgetAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t bytes) override {
    if (bytes == 0) return {nullptr, c10::Device(c10::DeviceType::CPU)};
    const std::int64_t counted = cpu_budget::rounded(static_cast<std::int64_t>(bytes));
    // Memory that a dry run really takes is no part of a run.
    const MemoryTag tag =
        AllocationRecorder::on_this_thread() ? MemoryTag::kHost : ScopedMemoryTag::current();
    counters().take(counted, tag);
    void* const block = reserve(sizeof(Header) + static_cast<std::size_t>(counted));
    if (block == nullptr) {
      counters().give_back(counted, tag);
      throw Error(
          ErrorKind::kOutOfMemory,
          say("the system has no {0} of memory left; close other programs", format_bytes(counted)));
    }
    auto* const header = new (block) Header{counted, tag};
    void* const data = header + 1;
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* destination, const void* source, std::size_t bytes) const override {
    std::memcpy(destination, source, bytes);
  }
};

}  // namespace

namespace cpu_budget {

void install() {
  static const bool done = [] {
    keep_freed_memory();
    // Torch keeps the pointer until the process ends.
    static auto* const allocator = new BudgetAllocator;
    c10::SetAllocator(c10::DeviceType::CPU, allocator, /*priority=*/255);
    return true;
  }();
  static_cast<void>(done);
}

Use use() {
  const std::scoped_lock lock(counters().mutex);
  return counters().use;
}

void set_limit(std::int64_t bytes) {
  const std::scoped_lock lock(counters().mutex);
  counters().limit = std::max<std::int64_t>(bytes, 0);
}

std::int64_t limit() {
  const std::scoped_lock lock(counters().mutex);
  return counters().limit;
}

void reserve(std::int64_t bytes) { counters().reserve(bytes); }

void keep(const c10::DataPtr& block) {
  if (block.get() == nullptr || block.get_deleter() != &release) return;
  Header& header = *(static_cast<Header*>(block.get()) - 1);
  if (header.tag != MemoryTag::kWorkspace) return;
  const MemoryTag tag = ScopedMemoryTag::current();
  counters().take(header.bytes, tag);
  counters().give_back(header.bytes, header.tag);
  header.tag = tag;
}

void reset_peak() {
  const std::scoped_lock lock(counters().mutex);
  counters().use.peak = counters().use.total();
  counters().use.workspace_peak = counters().use.workspace;
}

void fail_allocation(std::int64_t n) {
  const std::scoped_lock lock(counters().mutex);
  counters().fail_at = n;
}

}  // namespace cpu_budget
}  // namespace headroom
