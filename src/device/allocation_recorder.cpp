#include "headroom/device/allocation_recorder.h"

#include "headroom/core/error.h"
#include "headroom/device/memory_tag.h"

#include "thread_scopes.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <c10/core/Allocator.h>

namespace headroom {
namespace {

ThreadScopes::Recording& recording() { return thread_scopes().recording; }

struct Block {
  std::uint64_t serial;
  std::uint32_t id;
};

void release(void* context) {
  const std::unique_ptr<Block> block(static_cast<Block*>(context));
  if (recording().allocations != nullptr && recording().serial == block->serial) {
    recording().allocations->entries.push_back(
        {.kind = AllocationTrace::Kind::kFree, .id = block->id});
  }
}

class MetaAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t bytes) override {
    const c10::Device meta(c10::DeviceType::Meta);
    if (recording().allocations == nullptr || bytes == 0) return {nullptr, meta};
    auto block = std::make_unique<Block>(Block{recording().serial, recording().next_id++});
    const auto announced = std::exchange(recording().announced, std::nullopt);
    recording().allocations->entries.push_back(
        {.kind = AllocationTrace::Kind::kAllocate,
         .tag = ScopedMemoryTag::current(),
         .id = block->id,
         .bytes = announced.value_or(static_cast<std::int64_t>(bytes))});
    return {nullptr, block.release(), &release, meta};
  }
  c10::DeleterFnPtr raw_deleter() const override { return nullptr; }
  void copy_data(void*, const void*, std::size_t) const override {}
};

}  // namespace

AllocationRecorder::AllocationRecorder(AllocationTrace& allocations) {
  static const bool installed = [] {
    // Torch keeps the pointer until the process ends.
    static auto* const allocator = new MetaAllocator;
    c10::SetAllocator(c10::DeviceType::Meta, allocator, /*priority=*/255);
    return true;
  }();
  static_cast<void>(installed);
  if (recording().allocations != nullptr) {
    throw Error(ErrorKind::kInternal, "a replay is already being recorded on this thread");
  }
  recording() = {&allocations, thread_scopes().next_serial++, 0, {}};
}

AllocationRecorder::~AllocationRecorder() { recording().allocations = nullptr; }

bool AllocationRecorder::on_this_thread() { return recording().allocations != nullptr; }

void AllocationRecorder::announce(const AllocationTrace::Operation& operation, std::int64_t bytes) {
  if (recording().allocations == nullptr) return;
  AllocationTrace& allocations = *recording().allocations;
  allocations.operations.push_back({allocations.entries.size(), operation});
  recording().announced = bytes;
}

void AllocationRecorder::mark(Stage stage) {
  recording().allocations->entries.push_back(
      {.kind = AllocationTrace::Kind::kStage, .stage = stage});
}

}  // namespace headroom
