#include "headroom/pipeline/residency.h"

#include <utility>

namespace headroom {
namespace {

// Whether what was loaded under one plan can be used under the other: with the same streaming and
// storage, in the same place.
bool serves(const NetworkSlot& slot, const ExecutionOptions& loaded, const ExecutionOptions& now) {
  const NetworkEntry& entry = entry_of(slot.network);
  return entry.streamed(loaded, slot.layers) == entry.streamed(now, slot.layers) &&
         entry.on_host(loaded) == entry.on_host(now) &&
         (!entry.can_be_packed || loaded.packed_weights == now.packed_weights);
}

}  // namespace

Residency::Residency(std::vector<NetworkSlot> slots) : slots_(std::move(slots)) {}

void Residency::load(const NetworkSlot& slot) {
  if (!slot.is_loaded()) slot.load(*execution_);
}

void Residency::adopt(const ExecutionOptions& execution, Stage now) {
  for (const NetworkSlot& slot : slots_) {
    const bool stays = execution_ && serves(slot, *execution_, execution) &&
                       is_there(entry_of(slot.network), now, execution);
    if (!stays) slot.drop();
  }
  execution_ = execution;
  // An interrupted run may have left layers in its buffers.
  for (const NetworkSlot& slot : slots_) {
    if (slot.drop_buffers && slot.is_loaded()) slot.drop_buffers();
  }
}

void Residency::prepare(const ExecutionOptions& execution) {
  adopt(execution, Stage::kLoad);
  // What a failed load leaves behind would be in the way of the next, smaller plan.
  struct Undo {
    Residency* of;
    ~Undo() {
      if (of != nullptr) of->clear();
    }
  } undo{this};
  for (const NetworkSlot& slot : slots_) {
    if (entry_of(slot.network).before(execution)) load(slot);
  }
  undo.of = nullptr;
}

void Residency::begin(Stage stage) {
  for (const NetworkSlot& slot : slots_) {
    if (entry_of(slot.network).stages.has(stage)) load(slot);
  }
}

void Residency::end(Stage stage) {
  for (const NetworkSlot& slot : slots_) {
    const NetworkEntry& entry = entry_of(slot.network);
    if (entry.stages.has(stage) && !entry.after(*execution_)) slot.drop();
  }
}

void Residency::clear() {
  for (const NetworkSlot& slot : slots_) slot.drop();
  execution_.reset();
}

void Residency::load_alone(NetworkId network, const ExecutionOptions& execution) {
  clear();
  execution_ = execution;
  for (const NetworkSlot& slot : slots_) {
    if (slot.network == network) slot.load(execution);
  }
}

}  // namespace headroom
