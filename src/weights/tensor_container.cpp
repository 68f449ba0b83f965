#include "tensor_container.h"

#include "gguf_header.h"

#include <algorithm>
#include <array>
#include <utility>

namespace headroom {
namespace {

// The first one that recognises a file reads it. The last one takes everything else.
constexpr std::array kContainers{
    TensorContainer{Container::kGguf, "gguf", is_gguf, read_gguf},
    TensorContainer{Container::kSafetensors, "safetensors",
                    [](std::span<const std::byte>) { return true; }, read_safetensors},
};

}  // namespace

TensorContents views_of(TensorHeader header, std::span<const std::byte> data) {
  TensorContents contents;
  contents.metadata = std::move(header.metadata);
  while (!header.tensors.empty()) {  // moved one by one, so that names are never stored twice
    auto node = header.tensors.extract(header.tensors.begin());
    HeaderEntry& entry = node.mapped();
    contents.tensors.emplace_hint(contents.tensors.end(), std::move(node.key()),
                                  TensorView{entry.dtype, std::move(entry.shape),
                                             data.subspan(entry.begin, entry.end - entry.begin)});
  }
  return contents;
}

const TensorContainer& container_of(std::span<const std::byte> bytes) {
  return *std::find_if(kContainers.begin(), kContainers.end(),
                       [&](const TensorContainer& kind) { return kind.recognises(bytes); });
}

std::string_view container_name(Container container) {
  return std::find_if(kContainers.begin(), kContainers.end(),
                      [&](const TensorContainer& kind) { return kind.container == container; })
      ->name;
}

}  // namespace headroom
