#include "headroom/pipeline/weight_storage.h"

#include "headroom/pipeline/layer_names.h"

#include <algorithm>
#include <optional>

namespace headroom {

WeightStorage LayerStorage::of(int layer) const {
  const auto other = others_.find(layer);
  return other == others_.end() ? usual_ : other->second;
}

WeightStorage LayerStorage::of(std::string_view matrix) const {
  const std::optional<LayerName> name = layer_name(matrix);
  return name ? of(name->layer) : WeightStorage::kPlain;
}

bool LayerStorage::has(WeightStorage storage) const {
  if (usual_ == storage) return true;
  return std::any_of(others_.begin(), others_.end(),
                     [&](const auto& other) { return other.second == storage; });
}

int LayerStorage::unpacked(int layers) const {
  // The planner asks this for every plan, so only the layers that differ are looked at.
  const auto counts = [](WeightStorage storage) {
    return is_unpacked_for_products(storage) ? 1 : 0;
  };
  int count = layers * counts(usual_);
  for (const auto& [layer, storage] : others_) {
    if (layer >= 0 && layer < layers) count += counts(storage) - counts(usual_);
  }
  return count;
}

}  // namespace headroom
