#include "headroom/model/linear_weight.h"

#include "headroom/core/error.h"
#include "headroom/device/memory_tag.h"
#include "headroom/model/ops.h"

#include "int8_product.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>

namespace headroom {

struct LinearWeight::Int8 {
  int rotation_group = 0;
  at::Tensor memory;  // of `codes`
  at::Tensor scales;  // float32 [rows]
  at::Tensor sums;    // int32 [rows], of the codes of each row
  std::unique_ptr<int8_product::PackedCodes> codes;
};

struct LinearWeight::Packed {
  at::Tensor bytes;
  at::TensorOptions values;  // the format that it is unpacked to
  RowDecoder decode;
};

namespace {

// Sums [T, rows] int32, in the memory of a float32 tensor -> the product's values, in place.
void scale_result(const at::Tensor& result, const at::Tensor& row_scales, const at::Tensor& scales,
                  const at::Tensor& sums, const at::Tensor& bias, int levels) {
  const std::int64_t columns = result.size(1);
  float* const values = result.data_ptr<float>();
  const float* const s_x = row_scales.const_data_ptr<float>();
  const float* const s_w = scales.const_data_ptr<float>();
  const std::int32_t* const sum = sums.const_data_ptr<std::int32_t>();
  const float* const b = bias.defined() ? bias.const_data_ptr<float>() : nullptr;
  at::parallel_for(0, result.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t t = begin; t < end; ++t) {
      float* const row = values + t * columns;
      for (std::int64_t j = 0; j < columns; ++j) {
        std::int32_t code = 0;
        std::memcpy(&code, row + j, sizeof code);
        code -= (levels + 1) * sum[j];
        row[j] = static_cast<float>(code) * (s_x[t] * s_w[j]) + (b != nullptr ? b[j] : 0.0F);
      }
    }
  });
}

}  // namespace

MatrixStorage::PartBytes MatrixStorage::part_bytes() const {
  if (packed_row_bytes > 0) return {rows * packed_row_bytes, 0, 0};
  if (!is_int8) {
    return {rows * columns * static_cast<std::int64_t>(c10::elementSize(type)), 0, 0};
  }
  return {int8_product::PackedCodes::bytes(rows, columns),
          rows * static_cast<std::int64_t>(sizeof(float)),
          rows * static_cast<std::int64_t>(sizeof(std::int32_t))};
}

MatrixMemory take_matrix_memory(const MatrixStorage::PartBytes& bytes, at::Device device) {
  const ScopedMemoryTag tag(MemoryTag::kWeights);
  MatrixMemory memory;
  for (std::size_t i = 0; i < memory.size(); ++i) {
    if (bytes[i] == 0) continue;
    memory[i] = at::empty({bytes[i]}, at::TensorOptions(device).dtype(at::kByte));
  }
  return memory;
}

LinearWeight::LinearWeight(at::Tensor plain)
    : rows_(plain.size(0)), columns_(plain.size(1)), plain_(std::move(plain)) {}

LinearWeight LinearWeight::int8(std::int64_t rows, std::int64_t columns, int rotation_group,
                                at::Device device) {
  const MatrixStorage storage = MatrixStorage::int8(rows, columns, rotation_group);
  return placed(storage, take_matrix_memory(storage.part_bytes(), device));
}

LinearWeight LinearWeight::placed(const MatrixStorage& storage, const MatrixMemory& memory) {
  const MatrixStorage::PartBytes bytes = storage.part_bytes();
  const auto part = [&](std::size_t i, c10::ScalarType type) {
    return memory[i].narrow(0, 0, bytes[i]).view(type);
  };
  const bool is_packed = storage.packed_row_bytes > 0;
  if (!storage.is_int8 && !is_packed) {
    return {part(0, storage.type).view({storage.rows, storage.columns})};
  }
  LinearWeight weight;
  weight.rows_ = storage.rows;
  weight.columns_ = storage.columns;
  if (is_packed) {
    const at::Tensor stored = part(0, at::kByte);
    weight.packed_ = std::make_shared<Packed>();
    weight.packed_->bytes = stored;
    weight.packed_->values = stored.options().dtype(storage.type);
    return weight;
  }
  weight.int8_ = std::make_shared<Int8>();
  weight.int8_->rotation_group = storage.rotation_group;
  weight.int8_->memory = part(0, at::kChar);
  weight.int8_->scales = part(1, at::kFloat);
  weight.int8_->sums = part(2, at::kInt);
  return weight;
}

int LinearWeight::rotation_group() const { return int8_ ? int8_->rotation_group : 0; }

std::int64_t LinearWeight::bytes() const {
  if (packed_) return static_cast<std::int64_t>(packed_->bytes.nbytes());
  if (!int8_) return plain_.defined() ? static_cast<std::int64_t>(plain_.nbytes()) : 0;
  return static_cast<std::int64_t>(int8_->memory.nbytes() + int8_->scales.nbytes() +
                                   int8_->sums.nbytes());
}

void LinearWeight::load_codes(const at::Tensor& codes, const at::Tensor& scales) const {
  const std::int8_t* const from = codes.const_data_ptr<std::int8_t>();
  int8_->codes = std::make_unique<int8_product::PackedCodes>(from, rows_, columns_,
                                                             int8_->memory.data_ptr<std::int8_t>());
  int8_->scales.copy_(scales);
  auto* const sums = int8_->sums.data_ptr<std::int32_t>();
  at::parallel_for(0, rows_, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      std::int32_t sum = 0;
      for (std::int64_t i = 0; i < columns_; ++i) sum += from[row * columns_ + i];
      sums[row] = sum;
    }
  });
}

void LinearWeight::round(const at::Tensor& values) const {
  constexpr int kLevels = 127;
  const at::Tensor codes = at::empty({rows_, columns_}, at::kChar);
  const at::Tensor scales = at::empty({rows_}, at::kFloat);
  auto* const bytes = reinterpret_cast<std::uint8_t*>(codes.data_ptr<std::int8_t>());
  int8_product::quantize_rows(values.const_data_ptr<float>(), rows_, columns_,
                              int8_->rotation_group, kLevels, bytes, scales.data_ptr<float>());
  // Code + 128 in a byte differs from the int8 code only in this bit.
  constexpr std::uint8_t kSign = 0x80;
  for (std::int64_t i = 0; i < codes.numel(); ++i) bytes[i] ^= kSign;
  load_codes(codes, scales);
}

LinearWeight LinearWeight::updated(std::shared_ptr<const LinearUpdate> update) const {
  LinearWeight weight = *this;
  weight.update_ = std::move(update);
  return weight;
}

const at::Tensor& LinearWeight::packed_bytes() const { return packed_->bytes; }

void LinearWeight::set_decoder(RowDecoder decode) const { packed_->decode = std::move(decode); }

at::Tensor LinearWeight::unpacked() const {
  constexpr std::int64_t kPiece = 64 * 1024;  // values; a buffer of this size stays in the cache
  at::Tensor values = at::empty({rows_, columns_}, packed_->values);
  if (values.is_meta()) return values;
  if (!packed_->decode) throw Error(ErrorKind::kInternal, "a packed matrix was not filled");
  const auto* const bytes = reinterpret_cast<const std::byte*>(packed_->bytes.const_data_ptr());
  const std::int64_t row_bytes = packed_->bytes.numel() / rows_;
  const std::int64_t at_once = std::max<std::int64_t>(1, kPiece / columns_);
  const bool is_float = values.scalar_type() == at::kFloat;
  at::parallel_for(
      0, (rows_ + at_once - 1) / at_once, 1, [&](std::int64_t begin, std::int64_t end) {
        const c10::InferenceMode inference;
        std::vector<float> buffer(is_float ? 0 : static_cast<std::size_t>(at_once * columns_));
        for (std::int64_t i = begin * at_once; i < std::min(end * at_once, rows_); i += at_once) {
          const std::int64_t n = std::min(at_once, rows_ - i);
          const auto count = static_cast<std::size_t>(n * columns_);
          float* const to =
              is_float ? values.mutable_data_ptr<float>() + i * columns_ : buffer.data();
          packed_->decode(i, n, {bytes + i * row_bytes, static_cast<std::size_t>(n * row_bytes)},
                          {to, count});
          if (is_float) continue;
          values.narrow(0, i, n).copy_(
              at::from_blob(buffer.data(), {n, columns_}, at::TensorOptions(at::kFloat)));
        }
      });
  return values;
}

at::Tensor LinearWeight::apply(const at::Tensor& x, const at::Tensor& bias) const {
  at::Tensor result = int8_     ? apply_int8(x, bias)
                      : packed_ ? linear(x, unpacked(), bias)
                                : linear(x, plain_, bias);
  if (update_) update_->add_to(result, x);
  return result;
}

at::Tensor LinearWeight::apply_int8(const at::Tensor& x, const at::Tensor& bias) const {
  const auto like_x = [&](at::IntArrayRef shape, c10::ScalarType type) {
    return at::empty(shape, x.options().dtype(type));
  };
  at::Tensor result = like_x({x.size(0), rows_}, at::kFloat);
  const at::Tensor codes = like_x({x.size(0), columns_}, at::kByte);
  const at::Tensor scales = like_x({x.size(0)}, at::kFloat);
  if (x.is_meta()) return result;
  if (!int8_->codes) throw Error(ErrorKind::kInternal, "a matrix in eight bits was not filled");
  const at::Tensor rows = x.contiguous();
  const int levels = int8_product::levels();
  int8_product::quantize_rows(rows.const_data_ptr<float>(), x.size(0), columns_,
                              int8_->rotation_group, levels, codes.data_ptr<std::uint8_t>(),
                              scales.data_ptr<float>());
  // The 32-bit sums are written into the memory of the results.
  int8_->codes->multiply(codes.const_data_ptr<std::uint8_t>(), x.size(0),
                         reinterpret_cast<std::int32_t*>(result.data_ptr<float>()));
  scale_result(result, scales, int8_->scales, int8_->sums, bias, levels);
  return result;
}

}  // namespace headroom
