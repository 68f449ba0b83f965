#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace headroom {

// How a matrix is stored: as its number format says, or in one of ComfyUI's formats, which keep
// scales in separate tensors.
enum class Coding {
  kPlain,
  kInt8,   // int8_tensorwise: code times the row's or matrix's scale, then rotated back
  kFp8,    // float8_e4m3fn, float8_e5m2: value times the scale; also plain weights with a scale
  kNvfp4,  // one scale per sixteen 4-bit codes, and one for the whole matrix
  kMxfp8   // one scale, a power of two, per 32 values
};

// One tensor of a model with everything that its values depend on. The views are valid as long as
// the file's.
struct StoredTensor {
  Coding coding = Coding::kPlain;
  TensorView codes;
  std::vector<std::int64_t> shape;  // of the values; nvfp4 stores half the width
  std::vector<float> scales;        // one for the whole tensor, or one per row; finite
  TensorView block_scales;          // kNvfp4, kMxfp8: in tiles of 128 rows and 4 columns
  int rotation_group = 0;  // kInt8: rows are rotated in groups of this size; 0 = not rotated
};

using StoredTensors = std::map<std::string, StoredTensor, std::less<>>;
using TensorViews = std::map<std::string, TensorView, std::less<>>;

// Joins a file's tensors with their scales and configurations, which are in other tensors, in the
// header's metadata, or given by ComfyUI's older scaled_fp8 marker. Scales, configurations and
// tensors that do not affect weights are left out of the result. Reads all scales, but no weights.
// Throws Error{kModelFile} naming the layer for anything that is not understood: a scale is
// applied or refused, never ignored. `file` is for messages.
[[nodiscard]] StoredTensors read_stored_tensors(const TensorViews& tensors,
                                                const std::map<std::string, std::string>& metadata,
                                                const std::filesystem::path& file);

// The group size in which rows of `width` are rotated before they are rounded to eight bits: the
// largest usual one that divides the width; 0 = not rotated.
[[nodiscard]] int usual_rotation_group(std::int64_t width);

// "Q4_K", "int8_tensorwise", "int8_tensorwise, rotated by 64", "F8_E4M3, scaled", "nvfp4", ...
[[nodiscard]] std::string format_name(const StoredTensor& tensor);

// Like dequantize() of a view, but for all formats, row by row, in float32.
void dequantize(const StoredTensor& tensor, std::int64_t first_row, std::int64_t rows,
                std::span<float> values);
// The same from `codes`, the stored bytes of these rows, wherever they were read to.
void dequantize(const StoredTensor& tensor, std::int64_t first_row, std::int64_t rows,
                std::span<const std::byte> codes, std::span<float> values);

}  // namespace headroom
