#include "headroom/weights/weight_faults.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr std::size_t kHole = 16 * 1024;

// A matrix of bytes that do not repeat but for `count` of them from `begin` on, which are `word`
// over and over.
class Matrix {
 public:
  Matrix(std::int64_t rows, std::int64_t width, std::size_t begin, std::size_t count,
         const std::vector<int>& word = {0}, DType dtype = DType::kU8)
      : bytes_(static_cast<std::size_t>(rows * width)) {
    std::uint32_t state = 1;
    for (std::byte& byte : bytes_) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<std::byte>(1 + (state >> 24) % 100);  // no zero, and no NaN
    }
    for (std::size_t i = 0; i < count; ++i)
      bytes_[begin + i] = static_cast<std::byte>(word[i % word.size()]);
    view_ = {
        dtype, {rows, width / static_cast<std::int64_t>(tensor_type(dtype).block_bytes)}, bytes_};
  }
  [[nodiscard]] const TensorView& view() const { return view_; }

 private:
  std::vector<std::byte> bytes_;
  TensorView view_;
};

bool has_fault(const TensorView& tensor) {
  return find_fault(tensor, Look::kSamples) == WeightFault::kZeros;
}

bool is_sound(const TensorView& tensor) {
  return find_fault(tensor, Look::kSamples) == WeightFault::kNone;
}

TEST(WeightFaults, AMatrixOfZerosIs) {
  EXPECT_TRUE(has_fault(Matrix(2, 2, 0, 4).view()));
  EXPECT_TRUE(has_fault(Matrix(100, 33, 0, 3300).view()));
  EXPECT_EQ(find_fault(Matrix(100, 33, 0, 3300).view(), Look::kMiddle), WeightFault::kZeros);
  EXPECT_TRUE(is_sound(Matrix(100, 33, 1, 3299).view()));
  EXPECT_TRUE(is_sound(Matrix(100, 33, 0, 3299).view()));
}

TEST(WeightFaults, AHoleIsFoundWhereverItLies) {
  for (std::size_t begin = 0; begin + kHole <= 100'000; begin += 997) {
    EXPECT_EQ(find_fault(Matrix(100, 1000, begin, kHole).view(), Look::kSamples),
              WeightFault::kZeros)
        << begin;
    EXPECT_TRUE(is_sound(Matrix(100, 1000, begin, kHole - 1).view())) << begin;
  }
  EXPECT_TRUE(has_fault(Matrix(100, 1000, 100'000 - kHole, kHole).view()));
  EXPECT_EQ(find_fault(Matrix(100, 1000, 45'000, kHole).view(), Look::kMiddle),
            WeightFault::kZeros);
  EXPECT_EQ(find_fault(Matrix(100, 1000, 0, kHole).view(), Look::kMiddle), WeightFault::kNone);
}

TEST(WeightFaults, SoIsAStretchOfAnyOtherByteOrValue) {
  for (const std::vector<int>& word :
       {std::vector<int>{0x3F}, {0x80, 0x3F}, {0xEF, 0xBE, 0xAD, 0x5E}, {1, 2, 3, 4, 5, 6, 7, 8}}) {
    for (std::size_t begin = 0; begin + kHole <= 100'000; begin += 7'001) {
      const Matrix matrix(100, 1000, begin, kHole, word, DType::kF32);
      EXPECT_EQ(find_fault(matrix.view(), Look::kSamples), WeightFault::kOneValue) << begin;
      // The bytes before and after may happen to go on as the word does.
      const Matrix shorter(100, 1000, begin, kHole - 16, word, DType::kF32);
      EXPECT_TRUE(is_sound(shorter.view())) << begin;
    }
    EXPECT_EQ(find_fault(Matrix(100, 1000, 45'000, kHole, word, DType::kF32).view(), Look::kMiddle),
              WeightFault::kOneValue);
  }
}

TEST(WeightFaults, SmallMatricesMayBeOfOneValueButNotOfOneByte) {
  EXPECT_TRUE(is_sound(Matrix(64, 64, 0, 4096, {0, 0, 0x80, 0x3F}, DType::kF32).view())) << "1.0";
  EXPECT_TRUE(is_sound(Matrix(64, 64, 0, 4096, {7}, DType::kU8).view()));
  EXPECT_EQ(find_fault(Matrix(64, 64, 0, 4096, {0x3F}, DType::kF32).view(), Look::kSamples),
            WeightFault::kOneValue);
}

// Bits as a format stores them, and what they are (IEEE 754; bfloat16 is the upper half of F32).
TEST(WeightFaults, FindsWhatIsNotFinite) {
  struct Case {
    DType dtype;
    std::vector<int> bytes;  // little-endian
    bool finite;
  };
  const std::vector<Case> cases{
      {DType::kF16, {0x00, 0x7C}, false},  // infinity
      {DType::kF16, {0x01, 0xFE}, false},  // NaN
      {DType::kF16, {0xFF, 0x7B}, true},   // 65504
      {DType::kBF16, {0x80, 0x7F}, false},
      {DType::kBF16, {0xC0, 0xFF}, false},
      {DType::kBF16, {0x7F, 0x7F}, true},
      {DType::kBF16, {0x00, 0x7C}, true},
      {DType::kF32, {0x00, 0x00, 0x80, 0xFF}, false},
      {DType::kF32, {0x01, 0x00, 0x80, 0x7F}, false},
      {DType::kF32, {0xFF, 0xFF, 0x7F, 0x7F}, true},
      {DType::kF64, {0, 0, 0, 0, 0, 0, 0xF0, 0x7F}, false},
      {DType::kU8, {0xFF}, true},
  };
  for (const Case& c : cases) {
    const auto fault = c.finite ? WeightFault::kNone : WeightFault::kNotFinite;
    const Matrix one(100, 1000, 99'960, c.bytes.size(), c.bytes, c.dtype);
    EXPECT_EQ(find_fault(one.view(), Look::kAll), fault) << dtype_name(c.dtype);
    EXPECT_EQ(find_fault(one.view(), Look::kSamples), WeightFault::kNone) << "not read";
    const Matrix middle(100, 1000, 49'000, 2'000, c.bytes, c.dtype);
    EXPECT_EQ(find_fault(middle.view(), Look::kMiddle), fault) << dtype_name(c.dtype);
    const Matrix stretch(100, 1000, 33'000, kHole, c.bytes, c.dtype);
    EXPECT_EQ(find_fault(stretch.view(), Look::kSamples),
              c.finite ? WeightFault::kOneValue : WeightFault::kNotFinite);
  }
}

TEST(WeightFaults, VectorsMayHoldOneValueButNoNaN) {
  const std::vector<float> ones(50'000, 1.0F);
  EXPECT_TRUE(is_sound({DType::kF32, {50'000}, std::as_bytes(std::span(ones))}));
  const std::vector<float> nans(3, std::numeric_limits<float>::quiet_NaN());
  EXPECT_FALSE(is_sound({DType::kF32, {3}, std::as_bytes(std::span(nans))}));
}

TEST(WeightFaults, ValuesOfOneByteMayNotBeNaNEither) {
  std::vector<std::byte> values(1000, std::byte{0x38});
  for (const auto& [dtype, nan, largest] :
       {std::tuple{DType::kF8E4M3, 0x7F, 0x7E}, std::tuple{DType::kF8E5M2, 0x7D, 0x7B}}) {
    values[700] = static_cast<std::byte>(largest);
    EXPECT_EQ(find_fault({dtype, {1000}, values}, Look::kAll), WeightFault::kNone);
    values[700] = static_cast<std::byte>(nan | 0x80);
    EXPECT_EQ(find_fault({dtype, {1000}, values}, Look::kAll), WeightFault::kNotFinite);
    EXPECT_EQ(find_fault({DType::kI8, {1000}, values}, Look::kAll), WeightFault::kNone);
  }
}

TEST(WeightFaults, VectorsAndRowsThatNoWordUsesMayBeZero) {
  const std::vector<std::byte> zeros(50'000);
  EXPECT_TRUE(is_sound({DType::kU8, {50'000}, zeros}));
  EXPECT_TRUE(is_sound({DType::kU8, {1, 50'000}, zeros}));
  EXPECT_TRUE(is_sound({DType::kU8, {}, std::span(zeros).first(1)}));
  EXPECT_TRUE(is_sound({DType::kU8, {0, 5}, {}}));
  constexpr std::size_t kRow = 40;  // of 50,000 words, the last 500 unused
  for (const int byte : {0, 0x3F}) {
    EXPECT_TRUE(is_sound(Matrix(50'000, kRow, 49'500 * kRow, 500 * kRow, {byte}).view()));
    EXPECT_FALSE(is_sound(Matrix(50'000, kRow, 25'000 * kRow, 25'000 * kRow, {byte}).view()));
  }
}

// A matrix of 16-bit values that are not zero, as it lies in a mapped file: `begin` bytes after a
// multiple of 4,096.
class Mapped {
 public:
  Mapped(std::int64_t rows, std::size_t row_bytes, std::size_t begin, DType dtype = DType::kBF16)
      : row_bytes_(row_bytes),
        blocks_((begin + static_cast<std::size_t>(rows) * row_bytes) / sizeof(Block) + 1) {
    const std::span<Block> blocks(blocks_);
    bytes_ =
        std::as_writable_bytes(blocks).subspan(begin, static_cast<std::size_t>(rows) * row_bytes);
    std::uint32_t state = 1;
    for (std::byte& byte : bytes_) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<std::byte>(1 + (state >> 24) % 100);
    }
    const auto width = static_cast<std::int64_t>(row_bytes / tensor_type(dtype).block_bytes);
    view_ = {dtype, {rows, width}, bytes_};
  }
  // Zeros from so many bytes of a row on.
  Mapped& clear(std::size_t row, std::size_t from, std::size_t bytes) {
    std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(row * row_bytes_ + from), bytes,
                std::byte{0});
    return *this;
  }
  [[nodiscard]] const TensorView& view() const { return view_; }

 private:
  struct alignas(4096) Block {
    std::byte bytes[4096];
  };
  std::size_t row_bytes_;
  std::vector<Block> blocks_;
  std::span<std::byte> bytes_;
  TensorView view_;
};

constexpr std::size_t kBlock = 4096;

// Rows of 7,680 bytes from byte 1,000 of a block on: blocks begin 3,096 bytes into row 0, then
// 4,096 further each time.
TEST(WeightFaults, LostBlocksOfAFileAre) {
  constexpr std::size_t kRow = 7680;
  constexpr std::size_t kFirst = kBlock - 1000;
  for (const DType dtype : {DType::kBF16, DType::kF16, DType::kF32}) {
    for (std::size_t at = kFirst; at + 2 * kBlock < 20 * kRow; at += kBlock) {
      for (const std::size_t blocks : {1, 2}) {
        Mapped matrix(20, kRow, 1000, dtype);
        matrix.clear(0, at, blocks * kBlock);
        EXPECT_EQ(find_fault(matrix.view(), Look::kSamples), WeightFault::kZeros) << at;
        EXPECT_EQ(find_fault(matrix.view(), Look::kAll), WeightFault::kZeros) << at;
      }
    }
  }
  // The values beside it may begin or end with a zero byte.
  EXPECT_TRUE(has_fault(Mapped(20, kRow, 1000).clear(2, kFirst + 1024, kBlock).view()));
  EXPECT_TRUE(has_fault(Mapped(20, kRow, 1000).clear(2, kFirst + 1023, kBlock + 2).view()));
}

TEST(WeightFaults, ShortZerosThatMayBeMeantAreNot) {
  constexpr std::size_t kRow = 7680;
  constexpr std::size_t kFirst = kBlock - 1000;
  EXPECT_TRUE(is_sound(Mapped(20, kRow, 1000).clear(0, kFirst + 64, kBlock).view())) << "no block";
  EXPECT_TRUE(is_sound(Mapped(20, kRow, 1000).clear(0, kFirst, kBlock - 32).view())) << "shorter";
  EXPECT_TRUE(is_sound(Mapped(20, kRow, 1000).clear(0, kFirst, kBlock + 32).view())) << "longer";
  EXPECT_TRUE(is_sound(Mapped(20, kRow, 1000, DType::kI8).clear(0, kFirst, kBlock).view()));
  EXPECT_TRUE(is_sound(Mapped(1, 20 * kRow, 1000).clear(0, kFirst, kBlock).view())) << "a vector";
  EXPECT_TRUE(is_sound(Mapped(20, kBlock, 0).clear(3, 0, kBlock).view())) << "a row";
  EXPECT_TRUE(is_sound(Mapped(20, kBlock / 2, 0).clear(4, 0, kBlock).view())) << "two rows";
  Mapped columns(20, 2 * kBlock, 0);
  for (std::size_t row = 0; row < 20; ++row) columns.clear(row, kBlock, kBlock);
  EXPECT_TRUE(is_sound(columns.view())) << "columns";
  EXPECT_TRUE(has_fault(Mapped(20, 2 * kBlock, 0).clear(5, kBlock, kBlock).view()));
}

TEST(WeightFaults, ScalesOfANormAreNotAllZero) {
  const std::vector<float> zeros(300, 0.0F);
  const TensorView vector{DType::kF32, {300}, std::as_bytes(std::span(zeros))};
  for (const Look look : {Look::kMiddle, Look::kSamples, Look::kAll}) {
    EXPECT_EQ(find_fault(vector, look, "layers.0.attention.norm_k.weight"), WeightFault::kZeros);
    EXPECT_EQ(find_fault(vector, look, "decoder.norm1.bias"), WeightFault::kNone);
    EXPECT_EQ(find_fault(vector, look, "pad_token.weight"), WeightFault::kNone);
  }
  std::vector<float> one = zeros;
  one.back() = 1;
  EXPECT_EQ(
      find_fault({DType::kF32, {300}, std::as_bytes(std::span(one))}, Look::kAll, "norm.weight"),
      WeightFault::kNone);
}

}  // namespace
}  // namespace headroom
