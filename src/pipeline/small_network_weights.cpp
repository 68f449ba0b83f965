#include "headroom/pipeline/small_network_weights.h"

#include "headroom/core/error.h"
#include "headroom/device/memory_tag.h"
#include "headroom/weights/dequantize.h"

#include <cstddef>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

namespace headroom {
namespace {

std::vector<float> values_of(const SmallNetworkWeights::Tensors& tensors, std::string_view name,
                             at::IntArrayRef shape) {
  const TensorView view = tensors(name, shape);
  std::vector<float> values(
      static_cast<std::size_t>(row_count(view.shape) * row_width(view.shape)));
  dequantize(view, 0, row_count(view.shape), values);
  return values;
}

}  // namespace

at::TensorOptions SmallNetworkWeights::options() const {
  return at::TensorOptions(device_).dtype(at::kFloat);
}

at::Tensor SmallNetworkWeights::get(std::string_view name, at::IntArrayRef shape) {
  const ScopedMemoryTag tag(MemoryTag::kWeights);
  at::Tensor target = at::empty(shape, options());
  read(name, target);
  return target;
}

void SmallNetworkWeights::read(std::string_view name, const at::Tensor& target) {
  std::vector<float> values = values_of(tensors_, name, target.sizes());
  if (weaker_) {
    const std::vector<float> others = values_of(weaker_, name, target.sizes());
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(share_ * values[i] + (1 - share_) * others[i]);
    }
  }
  target.copy_(at::from_blob(values.data(), target.sizes(), at::TensorOptions(at::kFloat)));
}

at::Tensor SmallNetworkWeights::gather_rows(std::string_view, std::span<const std::int32_t>,
                                            std::int64_t, std::int64_t) {
  throw Error(ErrorKind::kInternal, "a network of one small file has no table of rows");
}

}  // namespace headroom
