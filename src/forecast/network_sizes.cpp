#include "network_sizes.h"

#include "headroom/device/allocation_recorder.h"
#include "headroom/memory/allocator_model.h"
#include "headroom/pipeline/layer_streamer.h"
#include "headroom/pipeline/text_to_image.h"

#include "meta_network.h"

#include <algorithm>
#include <memory>

#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

// Allocations while loading; what is returned is released after the recording.
AllocationTrace allocations_of(const std::function<std::shared_ptr<const void>()>& load) {
  AllocationTrace allocations;
  std::shared_ptr<const void> loaded;
  const AllocationRecorder recording(allocations);
  loaded = load();
  return allocations;
}

// Divides `all` bytes between the layers. On a GPU layers share the allocator's segments, so only
// their sum is known.
std::vector<std::int64_t> shares_of(std::int64_t all, const std::vector<std::int64_t>& alone) {
  long double sum = 0;  // holds every integer up to 2^64
  for (const std::int64_t bytes : alone) sum += static_cast<long double>(bytes);
  std::vector<std::int64_t> shares;
  for (const std::int64_t bytes : alone) {
    shares.push_back(static_cast<std::int64_t>(static_cast<long double>(all) * bytes / sum));
  }
  return shares;
}

NetworkSize size_of(const NetworkSlot& slot, Residency& networks, bool packed,
                    const std::function<std::int64_t(const AllocationTrace&)>& left_of) {
  const auto bytes_under = [&](const ExecutionOptions& execution) {
    return left_of(allocations_of([&] {
      networks.load_alone(slot.network, execution);
      return nullptr;
    }));
  };
  NetworkSize size;
  const ExecutionOptions whole{.packed_weights = packed};
  size.bytes = bytes_under(whole);
  if (slot.layers == 0) return size;
  std::vector<std::int64_t> alone;
  for (int i = 0; i < slot.layers; ++i) {
    const AllocationTrace layer = allocations_of([&] { return slot.load_layer(i); });
    alone.push_back(replay_cpu_budget(layer).left_bytes);
  }
  const std::int64_t rest =
      bytes_under({.stream_encoder = true, .stream_blocks = slot.layers, .packed_weights = packed});
  size.layers = shares_of(size.bytes - rest, alone);
  size.streamed = bytes_by_streamed(size.layers);
  // Exact, whatever rounding the shares left over.
  if (rest == 0) size.streamed.back() = size.bytes;
  return size;
}

}  // namespace

std::vector<std::int64_t> bytes_by_streamed(const std::vector<std::int64_t>& layers) {
  const int all = static_cast<int>(layers.size());
  std::vector<std::int64_t> streamed;
  for (int count = 0; count <= all; ++count) {
    std::int64_t bytes = 0;
    for (int i = 0; i < all; ++i) {
      if (is_streamed(i, all, count)) bytes += layers[static_cast<std::size_t>(i)];
    }
    streamed.push_back(bytes);
  }
  return streamed;
}

std::int64_t streamed_bytes(NetworkId network, const NetworkSizes& sizes,
                            const ExecutionOptions& execution) {
  const NetworkSize& size = sizes.under(network, execution);
  if (size.streamed.empty()) return 0;
  const int layers = static_cast<int>(size.layers.size());
  return size.streamed[static_cast<std::size_t>(entry_of(network).streamed(execution, layers))];
}

std::int64_t resident_bytes(NetworkId network, const NetworkSizes& sizes,
                            const ExecutionOptions& execution) {
  if (entry_of(network).on_host(execution)) return 0;
  return sizes.under(network, execution).bytes - streamed_bytes(network, sizes, execution);
}

NetworkSizes network_sizes(const ModelFolder& model, const RunFormats& formats,
                           const std::function<std::int64_t(const AllocationTrace&)>& left_of,
                           const OpenedLoras* opened_loras) {
  const c10::InferenceMode inference;
  MetaNetwork text_encoder(formats.networks, formats.text_encoder);
  MetaNetwork transformer(formats.networks, formats.transformer);
  MetaWeights vae(formats.vae);
  TextToImage run(model, formats,
                  {text_encoder.kept, transformer.kept, vae, vae, opened_loras,
                   &text_encoder.packed, &transformer.packed},
                  /*background=*/false);
  const bool can_be_packed = formats.text_encoder.packed() || formats.transformer.packed();
  NetworkSizes sizes;
  for (const NetworkSlot& slot : run.residency().slots()) {
    sizes[slot.network] = size_of(slot, run.residency(), /*packed=*/false, left_of);
    if (!can_be_packed || !entry_of(slot.network).can_be_packed) continue;
    sizes.packed(slot.network) = size_of(slot, run.residency(), /*packed=*/true, left_of);
  }
  return sizes;
}

}  // namespace headroom
