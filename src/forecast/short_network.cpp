#include "short_network.h"

#include "headroom/pipeline/layer_names.h"
#include "headroom/pipeline/layer_streamer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace headroom {
namespace {

constexpr int kEnoughLayers = 3;

// The matrices of `whole` that a network with these layers has.
std::shared_ptr<const PackedMatrices> packed_of(const PackedMatrices& whole,
                                                const std::vector<int>& layers) {
  PackedMatrices part;
  part.values = whole.values;
  for (const auto& [name, bytes] : whole.row_bytes) {
    const auto of_layer = layer_name(name);
    if (!of_layer) part.row_bytes.emplace(name, bytes);
    for (std::size_t i = 0; of_layer && i < layers.size(); ++i) {
      if (layers[i] != of_layer->layer) continue;
      part.row_bytes.emplace(tensor_name(static_cast<int>(i), of_layer->within), bytes);
    }
  }
  return std::make_shared<const PackedMatrices>(std::move(part));
}

}  // namespace

LayerStorage ShortNetwork::storage(const LayerStorage& whole) const {
  auto next = staying.begin();
  auto next_streamed = streamed.begin();
  std::vector<int> originals;
  std::map<int, WeightStorage> storages;
  const int count = layers();
  for (int i = 0; i < count; ++i) {
    originals.push_back(is_streamed(i, count, streamed_layers()) ? *next_streamed++ : *next++);
    storages[i] = whole.of(originals.back());
  }
  LayerStorage storage(WeightStorage::kPlain, std::move(storages));
  if (whole.packed()) storage.set_packed(packed_of(*whole.packed(), originals));
  return storage;
}

std::vector<int> alike(const LayerStorage& storage, int layers, bool packed) {
  const PackedMatrices* const matrices = packed ? storage.packed().get() : nullptr;
  std::vector<std::pair<WeightStorage, int>> kinds;
  std::vector<int> first;
  for (int i = 0; i < layers; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const bool is_known = matrices != nullptr && index < matrices->like.size();
    kinds.emplace_back(storage.of(i), is_known ? matrices->like[index] : -1);
    first.push_back(
        static_cast<int>(std::find(kinds.begin(), kinds.end(), kinds.back()) - kinds.begin()));
  }
  return first;
}

ShortNetwork shorten(const std::vector<int>& alike, int streamed, bool all_streamed) {
  ShortNetwork kept;
  const int layers = static_cast<int>(alike.size());
  for (int i = 0; i < layers; ++i) {
    std::vector<int>& part = is_streamed(i, layers, streamed) ? kept.streamed : kept.staying;
    const int kind = alike[static_cast<std::size_t>(i)];
    if (std::find(part.begin(), part.end(), kind) == part.end()) part.push_back(kind);
  }
  while (kept.streamed_layers() < std::min(streamed, 2)) {
    kept.streamed.push_back(kept.streamed.front());
  }
  while (kept.layers() < std::min(layers, kEnoughLayers)) {
    (all_streamed ? kept.streamed : kept.staying).push_back(alike.front());
  }
  std::sort(kept.staying.begin(), kept.staying.end());
  std::sort(kept.streamed.begin(), kept.streamed.end());
  return kept;
}

std::int64_t left_out_bytes(const ShortNetwork& kept, int streamed,
                            const std::vector<std::int64_t>& layers) {
  const int count = static_cast<int>(layers.size());
  std::int64_t bytes = 0;
  for (int i = 0; i < count; ++i) {
    if (!is_streamed(i, count, streamed)) bytes += layers[static_cast<std::size_t>(i)];
  }
  for (const int layer : kept.staying) bytes -= layers[static_cast<std::size_t>(layer)];
  return bytes;
}

}  // namespace headroom
