#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace headroom {

// How a matrix is stored: as its number format says, or in one of ComfyUI's formats, whose scales
// are in tensors of their own.
enum class Coding {
  kPlain,
  kInt8,   // int8_tensorwise: code times the scale of the row or matrix, then rotated back
  kFp8,    // float8_e4m3fn, float8_e5m2: value times the scale; also plain weights with a scale
  kNvfp4,  // sixteen codes of four bits a scale, and one scale of the whole
  kMxfp8   // 32 values a scale that is a power of two
};

// One tensor of a model with all that its values depend on. The views are valid as long as the
// file's.
struct StoredTensor {
  Coding coding = Coding::kPlain;
  TensorView codes;
  std::vector<std::int64_t> shape;  // of the values; nvfp4 stores half the width
  std::vector<float> scales;        // of the whole tensor, or one a row; finite
  TensorView block_scales;          // kNvfp4, kMxfp8: in tiles of 128 rows and 4 columns
  int rotation_group = 0;           // kInt8: rows are rotated in groups of this; 0 is not rotated
};

using StoredTensors = std::map<std::string, StoredTensor, std::less<>>;
using TensorViews = std::map<std::string, TensorView, std::less<>>;

// Puts a file's tensors together with the scales and configurations that they have: in tensors, in
// the header's metadata, or by ComfyUI's older scaled_fp8 marker. Scales, configurations and
// what has no effect on weights are left out of the result. Reads all scales, no weights. Throws
// Error{kModelFile} naming the layer for all that is not understood: a scale is applied or
// refused, never dropped. `file` is for messages.
[[nodiscard]] StoredTensors read_stored_tensors(const TensorViews& tensors,
                                                const std::map<std::string, std::string>& metadata,
                                                const std::filesystem::path& file);

// In groups of how many values rows of `width` are rotated before they are rounded to eight bits:
// the largest usual one of which they are made; 0 = not at all.
[[nodiscard]] int usual_rotation_group(std::int64_t width);

// "Q4_K", "int8_tensorwise", "int8_tensorwise, rotated by 64", "F8_E4M3, scaled", "nvfp4", ...
[[nodiscard]] std::string format_name(const StoredTensor& tensor);

// As dequantise() of a view: all formats, row by row, in float32.
void dequantise(const StoredTensor& tensor, std::int64_t first_row, std::int64_t rows,
                std::span<float> values);
// The same from `codes`, the stored bytes of those rows, wherever they were read to.
void dequantise(const StoredTensor& tensor, std::int64_t first_row, std::int64_t rows,
                std::span<const std::byte> codes, std::span<float> values);

}  // namespace headroom
