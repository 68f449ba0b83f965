#include "short_network.h"

#include "headroom/pipeline/layer_streamer.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace headroom {
namespace {

constexpr int kEnoughLayers = 3;

int sum(const std::array<int, kWeightStorages>& counts) {
  return std::accumulate(counts.begin(), counts.end(), 0);
}

std::size_t index_of(WeightStorage storage) { return static_cast<std::size_t>(storage); }

}  // namespace

int ShortNetwork::layers() const { return sum(staying) + sum(streamed); }
int ShortNetwork::streamed_layers() const { return sum(streamed); }

LayerStorage ShortNetwork::storage() const {
  std::array<int, kWeightStorages> left = staying;
  std::array<int, kWeightStorages> left_streamed = streamed;
  std::map<int, WeightStorage> storages;
  const int count = layers();
  for (int i = 0; i < count; ++i) {
    auto& counts = is_streamed(i, count, streamed_layers()) ? left_streamed : left;
    const auto next = std::find_if(counts.begin(), counts.end(), [](int n) { return n > 0; });
    --*next;
    storages[i] = static_cast<WeightStorage>(next - counts.begin());
  }
  return {WeightStorage::kPlain, std::move(storages)};
}

ShortNetwork shorten(const LayerStorage& storage, int layers, int streamed, bool all_streamed) {
  ShortNetwork kept;
  for (int i = 0; i < layers; ++i) {
    auto& counts = is_streamed(i, layers, streamed) ? kept.streamed : kept.staying;
    counts[index_of(storage.of(i))] = 1;
  }
  const std::size_t first = index_of(storage.of(0));
  const auto first_streamed =
      std::find(kept.streamed.begin(), kept.streamed.end(), 1) - kept.streamed.begin();
  while (kept.streamed_layers() < std::min(streamed, 2)) {
    ++kept.streamed[static_cast<std::size_t>(first_streamed)];
  }
  while (kept.layers() < std::min(layers, kEnoughLayers)) {
    ++(all_streamed ? kept.streamed : kept.staying)[first];
  }
  return kept;
}

std::int64_t left_out_bytes(const ShortNetwork& kept, const LayerStorage& storage, int streamed,
                            const std::vector<std::int64_t>& layers) {
  const int count = static_cast<int>(layers.size());
  std::array<int, kWeightStorages> in_short = kept.staying;
  std::int64_t bytes = 0;
  for (int i = 0; i < count; ++i) {
    const std::int64_t layer = layers[static_cast<std::size_t>(i)];
    if (!is_streamed(i, count, streamed)) bytes += layer;
    // Any layer of a kind tells the size of all of them.
    bytes -= std::exchange(in_short[index_of(storage.of(i))], 0) * layer;
  }
  return bytes;
}

}  // namespace headroom
