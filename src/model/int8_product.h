#pragma once
#include <cstdint>
#include <memory>
#include <span>

// Products of eight-bit matrices by FBGEMM, which is part of libtorch. All on the CPU, with the
// threads that the calling thread may use.
namespace headroom::int8_product {

// How many levels on either side of zero the left matrix may use: 127 where the processor
// multiplies bytes without saturation, else 63.
[[nodiscard]] int levels();

// Multiplies each group of `group` values in place by the regular Hadamard matrix, which is
// symmetric and its own inverse. `group`: a power of four that divides the row's length.
void rotate(std::span<float> row, int group);

// A matrix of codes in the order that the product needs, in memory that the caller owns.
class PackedCodes {
 public:
  [[nodiscard]] static std::int64_t bytes(std::int64_t rows, std::int64_t columns);
  // codes [rows, columns] in [-128, 127] -> `memory`, which has bytes() bytes, aligned to 64.
  PackedCodes(const std::int8_t* codes, std::int64_t rows, std::int64_t columns,
              std::int8_t* memory);
  ~PackedCodes();
  PackedCodes(const PackedCodes&) = delete;
  PackedCodes& operator=(const PackedCodes&) = delete;

  // left [count, columns] from quantize_rows() times the transposed matrix -> result [count,
  // rows]. The left codes' offset levels + 1 is still in the sums.
  void multiply(const std::uint8_t* left, std::int64_t count, std::int32_t* result) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Rounds rows of x [count, columns], rotated first if `group` is not 0, to `levels` on either side
// of zero: code + levels + 1 -> `codes`, and max|x| / levels of each row -> `scales` [count].
void quantize_rows(const float* x, std::int64_t count, std::int64_t columns, int group, int levels,
                   std::uint8_t* codes, float* scales);

}  // namespace headroom::int8_product
