#include "headroom/core/error.h"
#include "headroom/weights/dequantize.h"
#include "headroom/weights/small_floats.h"
#include "headroom/weights/stored_tensors.h"

#include "rotation.h"
#include "tiled_scales.h"

#include <algorithm>
#include <array>

namespace headroom {
namespace {

// Codes 8 to 15 are the negatives.
constexpr std::array<float, 16> kE2M1{0.0F,  0.5F,  1.0F,  1.5F,  2.0F,  3.0F,  4.0F,  6.0F,
                                      -0.0F, -0.5F, -1.0F, -1.5F, -2.0F, -3.0F, -4.0F, -6.0F};

float scale_of_row(const StoredTensor& tensor, std::int64_t row) {
  return tensor.scales.size() == 1 ? tensor.scales.front()
                                   : tensor.scales[static_cast<std::size_t>(row)];
}

void int8_row(const StoredTensor& tensor, std::int64_t row, const std::uint8_t* codes,
              std::span<float> values) {
  const float scale = scale_of_row(tensor, row);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(static_cast<std::int8_t>(codes[i])) * scale;
  }
  if (tensor.rotation_group == 0) return;
  const auto group = static_cast<std::size_t>(tensor.rotation_group);
  for (std::size_t i = 0; i < values.size(); i += group) rotate_group(values.subspan(i, group));
}

void nvfp4_row(const StoredTensor& tensor, std::int64_t row, const std::uint8_t* codes,
               std::span<float> values) {
  const std::int64_t blocks = tensor.shape.back() / kNvfp4Block;
  const TileGrid grid(tensor.shape.front(), blocks);
  for (std::int64_t block = 0; block < blocks; ++block) {
    const auto code =
        std::to_integer<std::uint8_t>(tensor.block_scales.data[grid.index(row, block)]);
    const float scale = tensor.scales.front() * kE4M3[code];
    const auto first = static_cast<std::size_t>(block * kNvfp4Block);
    for (std::size_t i = first; i < first + kNvfp4Block; i += 2) {
      values[i] = kE2M1[codes[i / 2] >> 4U] * scale;
      values[i + 1] = kE2M1[codes[i / 2] & 15U] * scale;
    }
  }
}

void mxfp8_row(const StoredTensor& tensor, std::int64_t row, const std::uint8_t* codes,
               std::span<float> values) {
  const std::int64_t blocks = tensor.shape.back() / kMxfp8Block;
  const TileGrid grid(tensor.shape.front(), blocks);
  for (std::int64_t block = 0; block < blocks; ++block) {
    const auto code =
        std::to_integer<std::uint8_t>(tensor.block_scales.data[grid.index(row, block)]);
    const float scale = from_e8m0(code);
    const auto first = static_cast<std::size_t>(block * kMxfp8Block);
    for (std::size_t i = first; i < first + kMxfp8Block; ++i) values[i] = kE4M3[codes[i]] * scale;
  }
}

[[noreturn]] void fail_rows() {
  throw Error(ErrorKind::kInternal,
              "Weights cannot be unpacked, since rows are asked for that a tensor does not have; "
              "please report this as a fault of the program");
}

}  // namespace

void dequantize(const StoredTensor& tensor, std::int64_t first_row, std::int64_t rows,
                std::span<float> values) {
  const std::int64_t count = row_count(tensor.codes.shape);
  if (first_row < 0 || rows < 0 || rows > count || first_row > count - rows) fail_rows();
  const auto row_bytes =
      tensor.codes.data.size() / static_cast<std::size_t>(std::max<std::int64_t>(1, count));
  dequantize(tensor, first_row, rows,
             tensor.codes.data.subspan(static_cast<std::size_t>(first_row) * row_bytes,
                                       static_cast<std::size_t>(rows) * row_bytes),
             values);
}

void dequantize(const StoredTensor& tensor, std::int64_t first_row, std::int64_t rows,
                std::span<const std::byte> codes, std::span<float> values) {
  const std::int64_t count = row_count(tensor.codes.shape);
  const std::int64_t width = row_width(tensor.shape);
  const std::int64_t stored_width = row_width(tensor.codes.shape);
  const std::size_t row_bytes =
      tensor_type(tensor.codes.dtype).bytes(static_cast<std::size_t>(stored_width));
  if (first_row < 0 || rows < 0 || rows > count || first_row > count - rows ||
      values.size() != static_cast<std::size_t>(rows * width) ||
      codes.size() != static_cast<std::size_t>(rows) * row_bytes) {
    fail_rows();
  }
  if (tensor.coding == Coding::kPlain || tensor.coding == Coding::kFp8) {
    dequantize(TensorView{tensor.codes.dtype, {rows, stored_width}, codes}, 0, rows, values);
    if (tensor.coding == Coding::kPlain) return;
    for (std::int64_t i = 0; i < rows; ++i) {
      const float scale = scale_of_row(tensor, first_row + i);
      for (float& value :
           values.subspan(static_cast<std::size_t>(i * width), static_cast<std::size_t>(width))) {
        value *= scale;
      }
    }
    return;
  }
  const auto* from = reinterpret_cast<const std::uint8_t*>(codes.data());
  for (std::int64_t i = 0; i < rows; ++i, from += row_bytes) {
    const std::int64_t row = first_row + i;
    const std::span<float> to =
        values.subspan(static_cast<std::size_t>(i * width), static_cast<std::size_t>(width));
    if (tensor.coding == Coding::kInt8) {
      int8_row(tensor, row, from, to);
    } else if (tensor.coding == Coding::kNvfp4) {
      nvfp4_row(tensor, row, from, to);
    } else {
      mxfp8_row(tensor, row, from, to);
    }
  }
}

}  // namespace headroom
