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

// How a matrix is kept: what a LinearWeight of it takes, before there is one.
struct MatrixStorage {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  c10::ScalarType type = c10::ScalarType::Float;  // of a plain one
  bool eight_bits = false;
  int rotation_group = 0;             // of eight bits: 0 or a power of four that divides `columns`
  std::int64_t packed_row_bytes = 0;  // of a packed one; `type` is what it is unpacked to

  [[nodiscard]] static MatrixStorage plain(std::int64_t rows, std::int64_t columns,
                                           c10::ScalarType type) {
    return {rows, columns, type};
  }
  [[nodiscard]] static MatrixStorage packed(std::int64_t rows, std::int64_t columns,
                                            c10::ScalarType type, std::int64_t row_bytes) {
    return {rows, columns, type, false, 0, row_bytes};
  }
  [[nodiscard]] static MatrixStorage in_eight_bits(std::int64_t rows, std::int64_t columns,
                                                   int rotation_group) {
    return {rows, columns, c10::ScalarType::Char, true, rotation_group};
  }
  // Bytes of each of its blocks of memory; 0 = it has fewer.
  static constexpr std::size_t kParts = 3;
  using PartBytes = std::array<std::int64_t, kParts>;
  [[nodiscard]] PartBytes part_bytes() const;
};

// The blocks that a matrix lies in; undefined ones are none. They may be larger than it.
using MatrixMemory = std::array<at::Tensor, MatrixStorage::kParts>;
// Takes blocks of so many bytes, on the processor, a card or meta.
[[nodiscard]] MatrixMemory take_matrix_memory(const MatrixStorage::PartBytes& bytes,
                                              at::Device device);

// Turns the bytes of the rows `first` to `first + rows` of a packed matrix into float32 values; any
// thread.
using RowDecoder = std::function<void(std::int64_t first, std::int64_t rows,
                                      std::span<const std::byte> bytes, std::span<float> values)>;

// A matrix [rows, columns] of a network as it is kept on its device, and the product with it.
// Kinds:
//  - plain: one tensor in the number format of the computation;
//  - eight bits (W8A8, on the processor, of float32 networks): a code of int8 for each value and a
//    float32 scale for each row, both sides of the product in eight bits. Rows may be rotated in
//    groups by the regular Hadamard matrix (ConvRot), which spreads outliers; what they are
//    multiplied with is rotated likewise, so that the product stays what it was.
//  - packed (on the processor): the bytes of each row as a file quantises them. Each product
//  unpacks
//    all of the matrix into memory of its own and is that of a plain one, bit for bit.
// All may have an update, which is added beside its product. Copies share their memory.
class LinearWeight {
 public:
  LinearWeight() = default;  // none
  // [rows, columns]
  LinearWeight(at::Tensor plain);  // NOLINT(google-explicit-constructor): it is one
  // Room for codes in eight bits, on the processor or meta; `rotation_group` is 0 or a power of
  // four that divides `columns`. load_codes() or round() fill it.
  [[nodiscard]] static LinearWeight eight_bits(std::int64_t rows, std::int64_t columns,
                                               int rotation_group, at::Device device);
  // One that lies at the beginning of each block of `memory`, whose values it takes for its own.
  [[nodiscard]] static LinearWeight placed(const MatrixStorage& storage,
                                           const MatrixMemory& memory);

  [[nodiscard]] bool defined() const {
    return plain_.defined() || eight_ != nullptr || packed_ != nullptr;
  }
  [[nodiscard]] bool is_plain() const { return plain_.defined(); }
  [[nodiscard]] bool is_packed() const { return packed_ != nullptr; }
  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t columns() const { return columns_; }
  [[nodiscard]] int rotation_group() const;  // of eight bits, else 0
  [[nodiscard]] const at::Tensor& plain() const { return plain_; }
  [[nodiscard]] std::int64_t bytes() const;  // of its memory, without the update
  // The same memory with this update, of its rows and columns, in the place of what it had; null =
  // none.
  [[nodiscard]] LinearWeight updated(std::shared_ptr<const LinearUpdate> update) const;

  // Fills a matrix in eight bits. codes int8 [rows, columns] in [-128, 127], of rotated rows where
  // it has a group; scales float32 [rows].
  void load_codes(const at::Tensor& codes, const at::Tensor& scales) const;
  // The same from float32 values [rows, columns], which are rotated and rounded.
  void round(const at::Tensor& values) const;

  // Of a packed matrix: the memory of its rows, one after the other, kByte [rows * bytes of a row],
  // which is filled with what `decode` then understands.
  [[nodiscard]] const at::Tensor& packed_bytes() const;
  void set_decoder(RowDecoder decode) const;

  // x [T, columns] times the transposed matrix, plus bias [rows] -> [T, rows]. In eight bits each
  // row of x has a scale of its own, max|x| / 127, and is rounded half to even (W8A8 as ComfyUI's
  // int8_tensorwise: y = (q_x q_w^T) (s_x s_w) + b). On processors that multiply bytes without
  // saturation (AVX-512 VNNI) with 255 levels, on others with 127: there pairs of products must fit
  // into 16 bits.
  [[nodiscard]] at::Tensor apply(const at::Tensor& x, const at::Tensor& bias = {}) const;

 private:
  struct Eight;
  struct Packed;
  [[nodiscard]] at::Tensor apply_eight_bits(const at::Tensor& x, const at::Tensor& bias) const;
  [[nodiscard]] at::Tensor unpacked() const;  // [rows, columns]

  std::int64_t rows_ = 0;
  std::int64_t columns_ = 0;
  at::Tensor plain_;
  std::shared_ptr<Eight> eight_;
  std::shared_ptr<Packed> packed_;
  std::shared_ptr<const LinearUpdate> update_;
};

}  // namespace headroom
