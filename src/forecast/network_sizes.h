#pragma once
#include "headroom/core/allocation_trace.h"
#include "headroom/memory/networks.h"
#include "headroom/model_files/model_folder.h"
#include "headroom/pipeline/adapters.h"
#include "headroom/pipeline/number_format.h"

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace headroom {

// Bytes of a network on the device.
struct NetworkSize {
  std::int64_t bytes = 0;              // everything, LoRAs included
  std::vector<std::int64_t> layers;    // of each that can be copied in at its turn
  std::vector<std::int64_t> streamed;  // of those that are copied in when so many are: 0, 1 ..
};
class NetworkSizes {
 public:
  [[nodiscard]] NetworkSize& operator[](NetworkId network) { return sizes_[index_of(network)]; }
  [[nodiscard]] const NetworkSize& operator[](NetworkId network) const {
    return sizes_[index_of(network)];
  }
  // Where plans keep weights packed.
  [[nodiscard]] NetworkSize& packed(NetworkId network) { return packed_[index_of(network)]; }
  [[nodiscard]] const NetworkSize& under(NetworkId network,
                                         const ExecutionOptions& execution) const {
    const bool packed = execution.packed_weights && entry_of(network).can_be_packed;
    return (packed ? packed_ : sizes_)[index_of(network)];
  }

 private:
  std::array<NetworkSize, kNetworks.size()> sizes_, packed_;
};

// What the layers add up to that are copied in when so many of these are: 0, 1 .. all.
[[nodiscard]] std::vector<std::int64_t> bytes_by_streamed(const std::vector<std::int64_t>& layers);

// Of the layers of a network that are copied in at their turn.
[[nodiscard]] std::int64_t streamed_bytes(NetworkId network, const NetworkSizes& sizes,
                                          const ExecutionOptions& execution);
// What stays of a network for as long as it is there: all but the layers that are copied in at
// their turn, nothing of what works on the host.
[[nodiscard]] std::int64_t resident_bytes(NetworkId network, const NetworkSizes& sizes,
                                          const ExecutionOptions& execution);

// Loads each network, with the run's own code on meta tensors. `left_of` reads through the device's
// allocator what an allocation trace holds in the end.
[[nodiscard]] NetworkSizes network_sizes(
    const ModelFolder& model, const NumberFormats& formats,
    const std::function<std::int64_t(const AllocationTrace&)>& left_of,
    const Adapters* adapters = nullptr);

}  // namespace headroom
