#pragma once
#include "headroom/model/linear_update.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include <ATen/core/TensorBody.h>

namespace headroom {

// How a matrix is stored: the memory that a LinearWeight of it takes, known before there is one.
struct MatrixStorage {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  c10::ScalarType type = c10::ScalarType::Float;  // of a plain matrix
  bool is_int8 = false;
  int rotation_group = 0;             // in eight bits: 0 or a power of four that divides `columns`
  std::int64_t packed_row_bytes = 0;  // of a packed matrix; `type` is the format it is unpacked to

  [[nodiscard]] static MatrixStorage plain(std::int64_t rows, std::int64_t columns,
                                           c10::ScalarType type) {
    return {rows, columns, type};
  }
  [[nodiscard]] static MatrixStorage packed(std::int64_t rows, std::int64_t columns,
                                            c10::ScalarType type, std::int64_t row_bytes) {
    return {rows, columns, type, false, 0, row_bytes};
  }
  [[nodiscard]] static MatrixStorage int8(std::int64_t rows, std::int64_t columns,
                                          int rotation_group) {
    return {rows, columns, c10::ScalarType::Char, true, rotation_group};
  }
  // Bytes of each of its memory blocks; 0 = this block is not used.
  static constexpr std::size_t kParts = 3;
  using PartBytes = std::array<std::int64_t, kParts>;
  [[nodiscard]] PartBytes part_bytes() const;
};

// The memory blocks that a matrix lies in; unused ones are undefined. They may be larger than it.
using MatrixMemory = std::array<at::Tensor, MatrixStorage::kParts>;
// Allocates blocks of these sizes, on the CPU, a GPU or meta.
[[nodiscard]] MatrixMemory take_matrix_memory(const MatrixStorage::PartBytes& bytes,
                                              at::Device device);

// Decodes rows `first` to `first + rows` of a packed matrix to float32. Called from several
// threads.
using RowDecoder = std::function<void(std::int64_t first, std::int64_t rows,
                                      std::span<const std::byte> bytes, std::span<float> values)>;

// A matrix [rows, columns] of a network as it is stored on its device, and the product with it.
// Kinds:
//  - plain: one tensor in the number format of the computation;
//  - eight bits (W8A8, on the CPU, for float32 networks): an int8 code for each value and a
//    float32 scale for each row; both sides of the product are in eight bits. Rows may be rotated
//    in groups by the regular Hadamard matrix (ConvRot), which spreads outliers; the other side is
//    rotated by the same matrix, so that the product stays the same.
//  - packed (on the CPU): the bytes of each row as a quantised file has them. Each product unpacks
//    the whole matrix into temporary memory and then equals that of a plain matrix, bit for bit.
// Each kind may have an update, which is added beside its product. Copies share their memory.
class LinearWeight {
 public:
  LinearWeight() = default;  // no matrix
  // [rows, columns]
  LinearWeight(at::Tensor plain);  // NOLINT(google-explicit-constructor): it is one
  // An unfilled matrix of eight-bit codes, on the CPU or meta; `rotation_group` is 0 or a power of
  // four that divides `columns`. Fill it by load_codes() or round().
  [[nodiscard]] static LinearWeight int8(std::int64_t rows, std::int64_t columns,
                                         int rotation_group, at::Device device);
  // A matrix at the beginning of each block of `memory`; it shares that memory.
  [[nodiscard]] static LinearWeight placed(const MatrixStorage& storage,
                                           const MatrixMemory& memory);

  [[nodiscard]] bool defined() const {
    return plain_.defined() || int8_ != nullptr || packed_ != nullptr;
  }
  [[nodiscard]] bool is_plain() const { return plain_.defined(); }
  [[nodiscard]] bool is_packed() const { return packed_ != nullptr; }
  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t columns() const { return columns_; }
  [[nodiscard]] int rotation_group() const;  // in eight bits, else 0
  [[nodiscard]] const at::Tensor& plain() const { return plain_; }
  [[nodiscard]] std::int64_t bytes() const;  // of its memory, without the update
  // The same memory with this update of the same shape instead of the present one; null = no
  // update.
  [[nodiscard]] LinearWeight updated(std::shared_ptr<const LinearUpdate> update) const;

  // Fills a matrix in eight bits. `codes` int8 [rows, columns] in [-128, 127], of rotated rows if
  // it has a rotation group; `scales` float32 [rows].
  void load_codes(const at::Tensor& codes, const at::Tensor& scales) const;
  // The same from float32 `values` [rows, columns], which are rotated and rounded here.
  void round(const at::Tensor& values) const;

  // The memory of a packed matrix, kByte [rows * bytes of a row], which the caller fills with
  // bytes that the decoder understands.
  [[nodiscard]] const at::Tensor& packed_bytes() const;
  void set_decoder(RowDecoder decode) const;

  // x [T, columns] times the transposed matrix, plus bias [rows] -> [T, rows]. In eight bits each
  // row of x has its own scale, max|x| / 127, and is rounded half to even (W8A8 like ComfyUI's
  // int8_tensorwise: y = (q_x q_w^T) (s_x s_w) + b). Processors that multiply bytes without
  // saturation (AVX-512 VNNI) use 255 levels; others use 127, since pairs of products must fit
  // into 16 bits.
  [[nodiscard]] at::Tensor apply(const at::Tensor& x, const at::Tensor& bias = {}) const;

 private:
  struct Int8;
  struct Packed;
  [[nodiscard]] at::Tensor apply_int8(const at::Tensor& x, const at::Tensor& bias) const;
  [[nodiscard]] at::Tensor unpacked() const;  // [rows, columns]

  std::int64_t rows_ = 0;
  std::int64_t columns_ = 0;
  at::Tensor plain_;
  std::shared_ptr<Int8> int8_;
  std::shared_ptr<Packed> packed_;
  std::shared_ptr<const LinearUpdate> update_;
};

}  // namespace headroom
