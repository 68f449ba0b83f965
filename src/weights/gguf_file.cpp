#include "gguf_header.h"
#include "tensor_container.h"

#include <utility>

namespace headroom {

TensorContents read_gguf(std::span<const std::byte> bytes, const std::filesystem::path& file) {
  GgufHeader gguf = parse_gguf_header(bytes, file);
  return views_of(std::move(gguf.header), bytes.subspan(gguf.data_begin));
}

}  // namespace headroom
