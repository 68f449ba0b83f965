#pragma once
#include "headroom/pipeline/weight_storage.h"

#include <compare>
#include <cstdint>
#include <vector>

namespace headroom {

// A few layers of a network that represent all of them in a dry run. Layers that are stored alike
// allocate the same inside and between layers. So one resident and one streamed layer of each kind
// are enough, and only the resident weights have to be added. Equal short networks give equal dry
// runs.
struct ShortNetwork {
  // Each layer is represented by one of the whole network that is stored like it; ascending.
  std::vector<int> staying;
  std::vector<int> streamed;

  [[nodiscard]] int layers() const { return static_cast<int>(staying.size() + streamed.size()); }
  [[nodiscard]] int streamed_layers() const { return static_cast<int>(streamed.size()); }
  // How its layers are stored, in the order in which is_streamed() sees them, if the whole
  // network's are stored as in `whole`.
  [[nodiscard]] LayerStorage storage(const LayerStorage& whole) const;
  friend auto operator<=>(const ShortNetwork&, const ShortNetwork&) = default;
};

// For each of `layers` layers, the first one that is stored like it (itself or an earlier one).
// `packed`: for plans with packed weights.
[[nodiscard]] std::vector<int> alike(const LayerStorage& storage, int layers, bool packed);

// Shortens a network with these alike() layers, `streamed` of which are streamed. Keeps at least
// three layers if the network has them: two streamed ones need both buffers, and a third one shows
// work while both are in use. Layers that only fill up the number stay on the device, except where
// one option streams all layers (`all_streamed`).
[[nodiscard]] ShortNetwork shorten(const std::vector<int>& alike, int streamed,
                                   bool all_streamed = false);

// Bytes of the resident layers that the short network leaves out, given the bytes of each layer;
// negative if the short network has more of them.
[[nodiscard]] std::int64_t left_out_bytes(const ShortNetwork& kept, int streamed,
                                          const std::vector<std::int64_t>& layers);

}  // namespace headroom
