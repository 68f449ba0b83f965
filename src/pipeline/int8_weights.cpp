#include "headroom/pipeline/int8_weights.h"

#include "headroom/device/memory_tag.h"
#include "headroom/weights/stored_tensors.h"

#include <array>

#include <ATen/ops/empty.h>

namespace headroom {
namespace {

bool modulates_a_layer(std::string_view name) {
  return name.find("adaLN") != std::string_view::npos;
}

}  // namespace

MatrixStorage Int8Weights::stored(std::string_view name, std::int64_t rows,
                                  std::int64_t columns) const {
  if (storage_.of(name) != WeightStorage::kInt8 || modulates_a_layer(name)) {
    return source().stored(name, rows, columns);
  }
  return MatrixStorage::int8(
      rows, columns,
      source().rotation_of_codes(name, rows, columns).value_or(usual_rotation_group(columns)));
}

LinearWeight Int8Weights::matrix(std::string_view name, std::int64_t rows, std::int64_t columns) {
  const MatrixStorage storage = stored(name, rows, columns);
  if (!storage.is_int8) return source().matrix(name, rows, columns);
  const LinearWeight weight =
      LinearWeight::int8(rows, columns, storage.rotation_group, options().device());
  read_matrix(name, weight);
  return weight;
}

void Int8Weights::read_matrix(std::string_view name, const LinearWeight& target) {
  if (target.is_plain()) {
    source().read_matrix(name, target);
    return;
  }
  if (options().device().is_meta()) return;
  // One matrix at a time is held in host memory.
  const ScopedMemoryTag tag(MemoryTag::kHost);
  const std::array<std::int64_t, 2> shape{target.rows(), target.columns()};
  if (source().rotation_of_codes(name, target.rows(), target.columns())) {
    const at::Tensor codes = at::empty(shape, at::kChar);
    const at::Tensor scales = at::empty({target.rows()}, at::kFloat);
    source().read_codes(name, codes, scales);
    target.load_codes(codes, scales);
    return;
  }
  const at::Tensor values = at::empty(shape, options());
  source().read(name, values);
  target.round(values);
}

}  // namespace headroom
