#include "headroom/weights/hollow.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

// A matrix of bytes that are not zero but for `count` of them from `begin` on.
class Matrix {
 public:
  Matrix(std::int64_t rows, std::int64_t width, std::size_t begin, std::size_t count)
      : bytes_(static_cast<std::size_t>(rows * width), std::byte{7}) {
    std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(begin), count, std::byte{0});
    view_ = {DType::kU8, {rows, width}, bytes_};
  }
  [[nodiscard]] const TensorView& view() const { return view_; }

 private:
  std::vector<std::byte> bytes_;
  TensorView view_;
};

TEST(Hollow, AMatrixOfZerosIs) {
  EXPECT_TRUE(is_hollow(Matrix(2, 2, 0, 4).view()));
  EXPECT_TRUE(is_hollow(Matrix(100, 33, 0, 3300).view()));
  EXPECT_TRUE(is_hollow_in_the_middle(Matrix(100, 33, 0, 3300).view()));
  EXPECT_FALSE(is_hollow(Matrix(100, 33, 1, 3299).view()));
  EXPECT_FALSE(is_hollow(Matrix(100, 33, 0, 3299).view()));
}

TEST(Hollow, AHoleIsFoundWhereverItLies) {
  constexpr std::size_t kHole = 16 * 1024;
  for (std::size_t begin = 0; begin + kHole <= 100'000; begin += 997) {
    EXPECT_TRUE(is_hollow(Matrix(100, 1000, begin, kHole).view())) << begin;
    EXPECT_FALSE(is_hollow(Matrix(100, 1000, begin, kHole - 1).view())) << begin;
  }
  EXPECT_TRUE(is_hollow(Matrix(100, 1000, 100'000 - kHole, kHole).view()));
  EXPECT_TRUE(is_hollow_in_the_middle(Matrix(100, 1000, 45'000, kHole).view()));
  EXPECT_FALSE(is_hollow_in_the_middle(Matrix(100, 1000, 0, kHole).view()));
}

TEST(Hollow, VectorsAndRowsThatNoWordUsesMayBeZero) {
  const std::vector<std::byte> zeros(50'000);
  EXPECT_FALSE(is_hollow({DType::kU8, {50'000}, zeros}));
  EXPECT_FALSE(is_hollow({DType::kU8, {1, 50'000}, zeros}));
  EXPECT_FALSE(is_hollow({DType::kU8, {}, std::span(zeros).first(1)}));
  EXPECT_FALSE(is_hollow({DType::kU8, {0, 5}, {}}));
  constexpr std::size_t kRow = 40;  // of 50,000 words, the last 500 unused
  EXPECT_FALSE(is_hollow(Matrix(50'000, kRow, 49'500 * kRow, 500 * kRow).view()));
  EXPECT_TRUE(is_hollow(Matrix(50'000, kRow, 25'000 * kRow, 25'000 * kRow).view()));
}

}  // namespace
}  // namespace headroom
