#include "read_values.h"

#include "headroom/weights/dequantize.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

constexpr std::int64_t kPiece = 64 * 1024;  // values; a buffer of this size stays in the cache

std::span<float> floats_of(const at::Tensor& values) {
  return {values.mutable_data_ptr<float>(), static_cast<std::size_t>(values.numel())};
}

// `flat` receives values from `first` on, converted from `format`.
void convert_values(const TensorRows& stored, c10::ScalarType format, std::int64_t first,
                    const at::Tensor& flat) {
  const auto item = static_cast<std::int64_t>(c10::elementSize(format));
  const std::int64_t count = flat.numel();
  const auto read = [&](std::int64_t from, std::span<std::byte> into) {
    stored.file->read(stored.stored->codes, static_cast<std::size_t>((first + from) * item), into);
  };
  if (format == flat.scalar_type()) {
    constexpr std::int64_t kGrain = 1 << 20;  // values; smaller parts are not worth a thread
    auto* const target = static_cast<std::byte*>(flat.mutable_data_ptr());
    at::parallel_for(0, count, kGrain, [&](std::int64_t begin, std::int64_t end) {
      read(begin, {target + begin * item, static_cast<std::size_t>((end - begin) * item)});
    });
    return;
  }
  at::parallel_for(0, (count + kPiece - 1) / kPiece, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::InferenceMode inference;
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(kPiece, count) * item));
    for (std::int64_t i = begin * kPiece; i < std::min(end * kPiece, count); i += kPiece) {
      const std::int64_t n = std::min(kPiece, count - i);
      read(i, std::span(buffer).first(static_cast<std::size_t>(n * item)));
      flat.narrow(0, i, n).copy_(at::from_blob(buffer.data(), {n}, at::TensorOptions(format)));
    }
  });
}

// `values` [rows, width] receives rows from `first` on.
void unpack_values(const TensorRows& stored, std::int64_t first, const at::Tensor& values) {
  const std::int64_t rows = values.size(0);
  const std::int64_t width = values.size(1);
  const std::int64_t at_once = std::max<std::int64_t>(1, kPiece / std::max<std::int64_t>(1, width));
  const bool is_float = values.scalar_type() == at::kFloat;
  at::parallel_for(0, (rows + at_once - 1) / at_once, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::InferenceMode inference;
    std::vector<float> buffer(is_float ? 0 : static_cast<std::size_t>(at_once * width));
    for (std::int64_t i = begin * at_once; i < std::min(end * at_once, rows); i += at_once) {
      const std::int64_t n = std::min(at_once, rows - i);
      const at::Tensor piece = values.narrow(0, i, n);
      if (is_float) {
        read_rows(stored, first + i, n, floats_of(piece));
        continue;
      }
      read_rows(stored, first + i, n, std::span(buffer).first(static_cast<std::size_t>(n * width)));
      piece.copy_(at::from_blob(buffer.data(), {n, width}, at::TensorOptions(at::kFloat)));
    }
  });
}

}  // namespace

std::optional<c10::ScalarType> plain_format(const StoredTensor& stored) {
  if (stored.coding != Coding::kPlain) return std::nullopt;
  switch (stored.codes.dtype) {
    case DType::kF32:
      return at::kFloat;
    case DType::kF16:
      return at::kHalf;
    case DType::kBF16:
      return at::kBFloat16;
    case DType::kF64:
      return at::kDouble;
    default:
      return std::nullopt;
  }
}

void read_bytes(const TensorRows& stored, const at::Tensor& target) {
  constexpr std::int64_t kGrain = 4 << 20;  // smaller parts are not worth a thread
  const auto bytes = static_cast<std::int64_t>(target.nbytes());
  const std::int64_t begin_in_file = stored.first_row * row_bytes(stored);
  auto* const to = static_cast<std::byte*>(target.mutable_data_ptr());
  at::parallel_for(0, bytes, kGrain, [&](std::int64_t begin, std::int64_t end) {
    stored.file->read(stored.stored->codes, static_cast<std::size_t>(begin_in_file + begin),
                      {to + begin, static_cast<std::size_t>(end - begin)});
  });
}

void read_values(const TensorRows& stored, std::int64_t first, const at::Tensor& values) {
  if (values.numel() == 0) return;
  const std::int64_t rows = values.numel() / stored.width;
  if (const auto format = plain_format(*stored.stored)) {
    convert_values(stored, *format, (stored.first_row + first) * stored.width,
                   values.view({values.numel()}));
  } else {
    unpack_values(stored, first, values.view({rows, stored.width}));
  }
}

}  // namespace headroom
