// Matrices in eight bits beside comfy-kitchen's own (tests/data/quant.tar.xz) and plain integers.

#include "headroom/model/linear_weight.h"

#include "headroom/core/error.h"
#include "headroom/weights/stored_tensors.h"

#include "int8_product.h"
#include "support/paths.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace headroom::test {
namespace {

const std::filesystem::path kQuant = test::quant_folder();

at::Tensor tensor_of(const TensorView& view) {
  const c10::ScalarType type = view.dtype == DType::kI8    ? at::kChar
                               : view.dtype == DType::kI32 ? at::kInt
                                                           : at::kFloat;
  at::Tensor tensor = at::empty(view.shape, type);
  std::memcpy(tensor.data_ptr(), view.data.data(), view.data.size());
  return tensor;
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return a.sub(b).abs().max().item().toDouble();
}
double norm(const at::Tensor& x) { return at::linalg_vector_norm(x).item().toDouble(); }

// A module of linear/<file>.safetensors and what is expected of it.
struct Module {
  std::string name;  // "int8_convrot/g64"
  nlohmann::json entry;
};

std::vector<Module> int8_modules() {
  std::ifstream in(kQuant / "expected" / "linear.json");
  std::vector<Module> modules;
  const nlohmann::json group = nlohmann::json::parse(in);
  for (const nlohmann::json& entry : group["cases"]) {
    if (entry["outputs"].contains("codes")) modules.push_back({entry["name"], entry});
  }
  return modules;
}

class Int8 : public ::testing::Test {
 protected:
  at::Tensor expected(const nlohmann::json& what) const {
    return tensor_of(expected_.tensors().at(what["tensor"]));
  }
  TensorFile expected_{kQuant / "expected" / "linear.safetensors"};
};

TEST_F(Int8, RoundsAndMultipliesAsComfyKitchenDoes) {
  const std::vector<Module> modules = int8_modules();
  ASSERT_GE(modules.size(), 8U);
  for (const Module& module : modules) {
    SCOPED_TRACE(module.name);
    const nlohmann::json& entry = module.entry;
    const TensorFile file(kQuant / entry["params"]["file"].get<std::string>());
    const StoredTensors stored = read_stored_tensors(file.tensors(), file.metadata(), "linear");
    const std::string layer = entry["params"]["module"];
    const StoredTensor& matrix = stored.at(layer + ".weight");
    const at::Tensor codes = tensor_of(matrix.codes);
    const std::int64_t rows = codes.size(0);
    const at::Tensor scales = at::empty({rows}, at::kFloat);
    for (std::int64_t r = 0; r < rows; ++r) {
      scales.data_ptr<float>()[r] =
          matrix.scales[matrix.scales.size() == 1 ? 0 : static_cast<std::size_t>(r)];
    }
    const at::Tensor x = expected(entry["inputs"]["x"]);
    const nlohmann::json& out = entry["outputs"];

    const at::Tensor x_codes = at::empty(x.sizes(), at::kByte);
    const at::Tensor x_scales = at::empty({x.size(0)}, at::kFloat);
    int8_product::quantize_rows(x.const_data_ptr<float>(), x.size(0), x.size(1),
                                matrix.rotation_group, 127, x_codes.data_ptr<std::uint8_t>(),
                                x_scales.data_ptr<float>());
    EXPECT_TRUE(x_codes.to(at::kInt).sub(128).equal(expected(out["codes"]).to(at::kInt)));
    EXPECT_LE(largest_difference(x_scales, expected(out["scales"]).view({-1})),
              out["scales"]["atol"].get<double>());

    const LinearWeight weight =
        LinearWeight::int8(rows, codes.size(1), matrix.rotation_group, at::kCPU);
    weight.load_codes(codes, scales);
    const bool has_bias = file.tensors().contains(layer + ".bias");
    const at::Tensor bias = has_bias ? tensor_of(file.tensors().at(layer + ".bias")) : at::Tensor();
    const at::Tensor y = weight.apply(x, bias);
    if (int8_product::levels() == 127) {
      EXPECT_LE(largest_difference(y, expected(out["y_w8a8"])),
                out["y_w8a8"]["atol"].get<double>());
    }
    // In either number of levels near the product of the dequantised matrix; without a rotation one
    // outlier makes the levels of its row coarse.
    const at::Tensor exact = expected(out["y"]);
    EXPECT_LT(norm(y.sub(exact)), 0.06 * norm(exact));
  }
}

// Sums of products of whole numbers are exact, whatever the processor, the shape and the threads.
TEST_F(Int8, SumsAreExact) {
  std::mt19937 random(3);
  const int levels = int8_product::levels();
  const int threads = at::get_num_threads();
  for (const auto& [count, rows, columns] :
       {std::array{1, 1, 4}, std::array{1, 300, 256}, std::array{7, 33, 20},
        std::array{64, 96, 1088}, std::array{130, 65, 1000}, std::array{3, 17, 4097}}) {
    SCOPED_TRACE(std::to_string(count) + " " + std::to_string(rows) + " " +
                 std::to_string(columns));
    const auto drawn = [&](std::size_t size, int low, int high) {
      std::vector<int> values(size);
      // The ends most of all: there sums of 16 bits would be cut off.
      for (int& value : values) {
        value = random() % 3 == 0 ? (random() % 2 == 0 ? low : high)
                                  : std::uniform_int_distribution(low, high)(random);
      }
      return values;
    };
    const std::vector<int> left =
        drawn(static_cast<std::size_t>(count) * columns, 1, 2 * levels + 1);
    const std::vector<int> right = drawn(static_cast<std::size_t>(rows) * columns, -128, 127);
    const std::vector<std::uint8_t> left_codes(left.begin(), left.end());
    const std::vector<std::int8_t> right_codes(right.begin(), right.end());
    const at::Tensor memory =
        at::empty({int8_product::PackedCodes::bytes(rows, columns)}, at::kChar);
    const int8_product::PackedCodes packed(right_codes.data(), rows, columns,
                                           memory.data_ptr<std::int8_t>());
    for (const int n : {1, 2, 3}) {
      at::set_num_threads(n);
      std::vector<std::int32_t> result(static_cast<std::size_t>(count) * rows, 77);
      packed.multiply(left_codes.data(), count, result.data());
      for (int t = 0; t < count; ++t) {
        for (int r = 0; r < rows; ++r) {
          std::int32_t sum = 0;
          for (int i = 0; i < columns; ++i) sum += left[t * columns + i] * right[r * columns + i];
          ASSERT_EQ(result[t * rows + r], sum) << t << ", " << r << " by " << n << " threads";
        }
      }
    }
  }
  at::set_num_threads(threads);
}

TEST_F(Int8, ARotationIsItsOwnInverseAndSpreadsOneValueOverItsGroup) {
  std::vector<float> row(512);
  row[300] = 16;
  int8_product::rotate(row, 256);
  for (std::size_t i = 0; i < row.size(); ++i) {
    EXPECT_EQ(std::abs(row[i]), i < 256 ? 0.0F : 1.0F) << i;  // 16 / sqrt(256)
  }
  int8_product::rotate(row, 256);
  for (std::size_t i = 0; i < row.size(); ++i) EXPECT_EQ(row[i], i == 300 ? 16.0F : 0.0F) << i;
}

TEST_F(Int8, ARowOfZerosGivesTheBias) {
  const LinearWeight weight = LinearWeight::int8(2, 16, 16, at::kCPU);
  weight.load_codes(at::zeros({2, 16}, at::kChar), at::zeros({2}, at::kFloat));
  const at::Tensor bias = at::randn({2});
  EXPECT_TRUE(weight.apply(at::zeros({3, 16}), bias).equal(bias.expand({3, 2})));
}

TEST_F(Int8, TakeAQuarterOfThePlainMatrix) {
  const LinearWeight weight = LinearWeight::int8(3840, 3840, 256, at::kMeta);
  EXPECT_EQ(weight.bytes(), LinearWeight::int8(3840, 3840, 256, at::kCPU).bytes());
  EXPECT_LE(weight.bytes(), 1.08 * 3840 * 3840);  // packed in whole blocks
}

TEST_F(Int8, WhatWasNotFilledIsNotMultiplied) {
  const LinearWeight weight = LinearWeight::int8(2, 16, 0, at::kCPU);
  EXPECT_THROW(static_cast<void>(weight.apply(at::zeros({1, 16}))), Error);
}

}  // namespace
}  // namespace headroom::test
