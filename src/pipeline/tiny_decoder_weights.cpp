#include "tiny_decoder_weights.h"

#include "headroom/core/error.h"
#include "headroom/device/memory_tag.h"
#include "headroom/weights/dequantize.h"

#include <cstddef>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

namespace headroom {

at::Tensor TinyDecoderWeights::get(std::string_view name, at::IntArrayRef shape) {
  const ScopedMemoryTag tag(MemoryTag::kWeights);
  at::Tensor target = at::empty(shape, options_);
  read(name, target);
  return target;
}

void TinyDecoderWeights::read(std::string_view name, const at::Tensor& target) {
  const TensorView view = file_.at(name, target.sizes());
  std::vector<float> values(static_cast<std::size_t>(target.numel()));
  dequantize(view, 0, row_count(view.shape), values);
  target.copy_(at::from_blob(values.data(), target.sizes(), at::TensorOptions(at::kFloat)));
}

at::Tensor TinyDecoderWeights::gather_rows(std::string_view, std::span<const std::int32_t>,
                                           std::int64_t, std::int64_t) {
  throw Error(ErrorKind::kInternal, "a decoder of previews has no table of rows");
}

}  // namespace headroom
