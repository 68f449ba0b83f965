#include "headroom/pipeline/meta_weights.h"

#include "headroom/device/memory_tag.h"

#include <utility>

#include <ATen/ops/empty.h>

namespace headroom {

MetaWeights::MetaWeights(c10::ScalarType dtype, LayerStorage storage)
    : options_(at::TensorOptions(at::kMeta).dtype(dtype)), storage_(std::move(storage)) {}

MatrixStorage MetaWeights::stored(std::string_view name, std::int64_t rows,
                                  std::int64_t columns) const {
  const WeightStorage storage = storage_.of(name);
  if (!is_unpacked_for_products(storage) || columns % kQuantizedBlock != 0) {
    return WeightSource::stored(name, rows, columns);
  }
  return MatrixStorage::plain(rows, quantized_row_bytes(storage, columns), at::kByte);
}

at::Tensor MetaWeights::get(std::string_view name, at::IntArrayRef shape) {
  const ScopedMemoryTag tag(MemoryTag::kWeights);
  if (shape.size() != 2) return at::empty(shape, options_);
  const MatrixStorage storage = stored(name, shape[0], shape[1]);
  return at::empty({storage.rows, storage.columns}, options_.dtype(storage.type));
}

void MetaWeights::read(std::string_view, const at::Tensor&) {}

at::Tensor MetaWeights::gather_rows(std::string_view, std::span<const std::int32_t> ids,
                                    std::int64_t, std::int64_t width) {
  return at::empty({static_cast<std::int64_t>(ids.size()), width}, options_);
}

}  // namespace headroom
