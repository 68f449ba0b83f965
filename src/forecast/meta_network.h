#pragma once
#include "headroom/pipeline/int8_weights.h"
#include "headroom/pipeline/meta_weights.h"
#include "headroom/pipeline/packed_weights.h"

namespace headroom {

// The weights of one network without values, stored as in a run.
struct MetaNetwork {
  MetaNetwork(c10::ScalarType type, const LayerStorage& storage)
      : plain(type, storage), kept(plain, storage), packed(kept, storage.packed(), nullptr) {}
  MetaNetwork(const MetaNetwork&) = delete;
  MetaNetwork& operator=(const MetaNetwork&) = delete;

  MetaWeights plain;
  Int8Weights kept;
  PackedWeights packed;
};

}  // namespace headroom
