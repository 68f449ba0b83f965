#pragma once
#include <cstdint>
#include <memory>
#include <span>

// Products of matrices in eight bits by FBGEMM, which libtorch carries. All on the processor, by
// the threads that the calling one may use.
namespace headroom::int8_product {

// Levels on either side of zero that the left matrix may use: 127 where the processor multiplies
// bytes without saturation, else 63.
[[nodiscard]] int levels();

// Multiplies each group of `group` values in place by the regular Hadamard matrix, which is
// symmetric and its own inverse. `group`: a power of four that divides the row's length.
void rotate(std::span<float> row, int group);

// A matrix of codes in the order in which it is multiplied, in memory of somebody else.
class PackedCodes {
 public:
  [[nodiscard]] static std::int64_t bytes(std::int64_t rows, std::int64_t columns);
  // codes [rows, columns] in [-128, 127] -> `memory`, bytes() of it, aligned to 64.
  PackedCodes(const std::int8_t* codes, std::int64_t rows, std::int64_t columns,
              std::int8_t* memory);
  ~PackedCodes();
  PackedCodes(const PackedCodes&) = delete;
  PackedCodes& operator=(const PackedCodes&) = delete;

  // left [count, columns] of quantise_rows() times the transposed matrix -> result [count, rows],
  // with levels + 1 still in each code of the left.
  void multiply(const std::uint8_t* left, std::int64_t count, std::int32_t* result) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Rounds rows of x [count, columns], rotated first where `group` is not 0, to `levels` on either
// side of zero: code + levels + 1 -> `codes`, max|x| / levels of each row -> `scales` [count].
void quantise_rows(const float* x, std::int64_t count, std::int64_t columns, int group, int levels,
                   std::uint8_t* codes, float* scales);

}  // namespace headroom::int8_product
