#pragma once
#include "headroom/core/allocation_trace.h"
#include "headroom/memory/networks.h"
#include "headroom/model_files/model_folder.h"
#include "headroom/pipeline/opened_loras.h"
#include "headroom/pipeline/run_formats.h"

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace headroom {

// Bytes of a network on the device.
struct NetworkSize {
  std::int64_t bytes = 0;              // all of it, including LoRAs
  std::vector<std::int64_t> layers;    // of each layer that can be streamed
  std::vector<std::int64_t> streamed;  // sum over the streamed layers when 0, 1, .. are streamed
};
class NetworkSizes {
 public:
  [[nodiscard]] NetworkSize& operator[](NetworkId network) { return sizes_[index_of(network)]; }
  [[nodiscard]] const NetworkSize& operator[](NetworkId network) const {
    return sizes_[index_of(network)];
  }
  // Sizes for plans that keep weights packed.
  [[nodiscard]] NetworkSize& packed(NetworkId network) { return packed_[index_of(network)]; }
  [[nodiscard]] const NetworkSize& under(NetworkId network,
                                         const ExecutionOptions& execution) const {
    const bool packed = execution.packed_weights && entry_of(network).can_be_packed;
    return (packed ? packed_ : sizes_)[index_of(network)];
  }

 private:
  std::array<NetworkSize, kNetworks.size()> sizes_, packed_;
};

// Sums of the streamed layers' bytes when 0, 1 .. all of them are streamed.
[[nodiscard]] std::vector<std::int64_t> bytes_by_streamed(const std::vector<std::int64_t>& layers);

// Bytes of a network's streamed layers.
[[nodiscard]] std::int64_t streamed_bytes(NetworkId network, const NetworkSizes& sizes,
                                          const ExecutionOptions& execution);
// Bytes that stay of a network while it is on the device: all but the streamed layers, and 0 if it
// works on the host.
[[nodiscard]] std::int64_t resident_bytes(NetworkId network, const NetworkSizes& sizes,
                                          const ExecutionOptions& execution);

// Loads each network with the run's own code on meta tensors. `left_of` reads through the device's
// allocator what a trace still holds at its end.
[[nodiscard]] NetworkSizes network_sizes(
    const ModelFolder& model, const RunFormats& formats,
    const std::function<std::int64_t(const AllocationTrace&)>& left_of,
    const OpenedLoras* opened_loras = nullptr);

}  // namespace headroom
