#pragma once
#include "headroom/pipeline/number_format.h"

#include <compare>
#include <cstdint>
#include <vector>

namespace headroom {

// The few layers of a network that stand for all of them in a dry run. What lives between and
// inside layers that are kept alike is the same in each: one of every kind that stays on the
// device, and of every kind that is streamed, shows all that happens, so that only the weights that
// stay differ. Equal ones are equal dry runs.
struct ShortNetwork {
  // Its layers, each by one of the whole network that is kept like it: ascending.
  std::vector<int> staying;
  std::vector<int> streamed;

  [[nodiscard]] int layers() const { return static_cast<int>(staying.size() + streamed.size()); }
  [[nodiscard]] int streamed_layers() const { return static_cast<int>(streamed.size()); }
  // Of its layers, in the order in which is_streamed() tells them apart, where those of `whole` are
  // kept so.
  [[nodiscard]] LayerStorage storage(const LayerStorage& whole) const;
  friend auto operator<=>(const ShortNetwork&, const ShortNetwork&) = default;
};

// Of each of so many layers the first that is kept like it, itself or an earlier one. `packed`: as
// plans with packed weights keep them.
[[nodiscard]] std::vector<int> alike(const LayerStorage& storage, int layers, bool packed);

// Of a network whose layers are alike() so, of which `streamed` are copied in at their turn. At
// least three layers where the network has them: two streamed ones show both buffers, a third that
// work goes on while both are held. Those that are there only to make up the number stay on the
// device, but where all of the network's are streamed by one option (`all_streamed`).
[[nodiscard]] ShortNetwork shorten(const std::vector<int>& alike, int streamed,
                                   bool all_streamed = false);

// Bytes of the layers that stay in the network but are none of the short one's, by those of each
// layer; negative where the short network has more of them.
[[nodiscard]] std::int64_t left_out_bytes(const ShortNetwork& kept, int streamed,
                                          const std::vector<std::int64_t>& layers);

}  // namespace headroom
