#include "headroom/weights/tensor_type.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

// Numbers and sizes as ggml.h of GGML has them: ggml_type, and what ggml_type_size() and
// ggml_blck_size() give.
struct Row {
  std::uint32_t number;
  const char* name;
  std::size_t bytes;
  std::size_t values;
};
constexpr std::array kGguf{
    Row{0, "F32", 4, 1},       Row{1, "F16", 2, 1},         Row{2, "Q4_0", 18, 32},
    Row{3, "Q4_1", 20, 32},    Row{6, "Q5_0", 22, 32},      Row{7, "Q5_1", 24, 32},
    Row{8, "Q8_0", 34, 32},    Row{10, "Q2_K", 84, 256},    Row{11, "Q3_K", 110, 256},
    Row{12, "Q4_K", 144, 256}, Row{13, "Q5_K", 176, 256},   Row{14, "Q6_K", 210, 256},
    Row{20, "IQ4_NL", 18, 32}, Row{23, "IQ4_XS", 136, 256}, Row{30, "BF16", 2, 1},
};

TEST(TensorType, IsFoundByItsNumberInGguf) {
  for (const Row& row : kGguf) {
    SCOPED_TRACE(row.name);
    const std::optional<DType> dtype = gguf_dtype(row.number);
    ASSERT_TRUE(dtype);
    const TensorType& type = tensor_type(*dtype);
    EXPECT_EQ(type.name, row.name);
    EXPECT_EQ(type.block_bytes, row.bytes);
    EXPECT_EQ(type.block_values, row.values);
    EXPECT_EQ(type.bytes(3 * row.values), 3 * row.bytes);
    EXPECT_NE(type.decode, nullptr);
  }
  for (const std::uint32_t number : {4U, 5U, 9U, 16U, 24U, 31U, 39U, 43U, 0xFFFFFFFFU}) {
    EXPECT_FALSE(gguf_dtype(number)) << number;
  }
}

TEST(TensorType, OfSafetensorsIsFoundByItsName) {
  for (const char* const name : {"BOOL", "U8", "I8", "I16", "U16", "F16", "BF16", "I32", "U32",
                                 "F32", "F64", "I64", "U64", "F8_E4M3", "F8_E5M2", "F8_E8M0"}) {
    const std::optional<DType> dtype = safetensors_dtype(name);
    ASSERT_TRUE(dtype) << name;
    EXPECT_EQ(dtype_name(*dtype), name);
    EXPECT_EQ(tensor_type(*dtype).block_values, 1U);
  }
  for (const char* const name : {"", "f32", "F128", "Q8_0", "Q4_K"}) {
    EXPECT_FALSE(safetensors_dtype(name)) << name;
  }
}

TEST(TensorType, DecodesAsManyBlocksAsItIsGiven) {
  std::vector<std::uint8_t> blocks;
  for (const std::uint8_t code : {3, 0xFD}) {
    blocks.insert(blocks.end(), {0x00, 0x38});  // float16: 0.5
    blocks.insert(blocks.end(), 32, code);
  }
  std::vector<float> values(64);
  tensor_type(DType::kQ8_0).decode(blocks.data(), 2, values.data());
  EXPECT_EQ(std::vector<float>(values.begin(), values.begin() + 32), std::vector<float>(32, 1.5F));
  EXPECT_EQ(std::vector<float>(values.begin() + 32, values.end()), std::vector<float>(32, -1.5F));
}

TEST(TensorType, OfATensorSaysItsBytesOrThatItCannotBe) {
  const auto bytes = [](DType dtype, std::vector<std::int64_t> shape) {
    return tensor_bytes(dtype, shape);
  };
  EXPECT_EQ(bytes(DType::kF32, {}), 4);
  EXPECT_EQ(bytes(DType::kF32, {3, 5}), 60);
  EXPECT_EQ(bytes(DType::kQ4K, {3, 512}), 3 * 2 * 144);
  EXPECT_EQ(bytes(DType::kF32, {0, 5}), 0);
  EXPECT_FALSE(bytes(DType::kQ4K, {3, 500}));
  EXPECT_FALSE(bytes(DType::kF32, {-1}));
  EXPECT_FALSE(bytes(DType::kF32, {0, std::int64_t{1} << 62}));  // no extent of 0 hides it
  EXPECT_FALSE(bytes(DType::kF32, {std::int64_t{1} << 40, std::int64_t{1} << 40}));
}

}  // namespace
}  // namespace headroom
