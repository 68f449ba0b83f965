#include "headroom/pipeline/file_weights.h"

#include "headroom/core/error.h"
#include "headroom/device/cpu_budget.h"

#include "support/fixture.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <unistd.h>

namespace headroom {
namespace {

using ::testing::HasSubstr;

// A weight file with a few tensors of every kind, in a folder of its own.
class FileWeightsTest : public ::testing::Test {
 protected:
  FileWeightsTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("headroom-weights-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    const auto bytes = [](const auto& values) { return std::as_bytes(std::span(values)); };
    const std::vector<float> table{0, 1, 2, 3, 4, 5};
    const std::vector<double> wide{0.5, -2};
    const std::vector<std::uint16_t> half{0x3C00, 0xC000};   // 1, -2
    const std::vector<std::uint16_t> brain{0x3F80, 0xC000};  // 1, -2
    const std::vector<std::uint8_t> odd{1, 2};
    const std::vector<float> other{9, 9};
    const std::vector<NamedTensor> tensors{
        {"a.byte",
         DType::kU8,
         {1},
         std::as_bytes(std::span(odd).first(1))},  // shifts all that follows
        {"b.table", DType::kF32, {3, 2}, bytes(table)},
        {"c.wide", DType::kF64, {2}, bytes(wide)},
        {"d.half", DType::kF16, {2}, bytes(half)},
        {"e.brain", DType::kBF16, {2}, bytes(brain)},
        {"other.prefixed", DType::kF32, {2}, bytes(other)}};
    write_tensor_file(folder_ / "model.safetensors", tensors);
    tensors_.emplace(folder_, Network::kTextEncoder);
  }
  ~FileWeightsTest() override {
    tensors_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] FileWeights weights(c10::ScalarType dtype = at::kFloat) const {
    return FileWeights(*tensors_, at::TensorOptions(dtype));
  }
  static std::vector<float> values(const at::Tensor& x) {
    const at::Tensor wide = x.to(at::kFloat).contiguous();
    const auto* const first = wide.const_data_ptr<float>();
    return {first, first + wide.numel()};
  }
  static std::string failure(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModelFile) << error.what();
      return error.what();
    }
    return "no failure";
  }

  const std::filesystem::path folder_;
  std::optional<NetworkTensors> tensors_;
};

TEST_F(FileWeightsTest, ConvertsEveryFloatingPointFormat) {
  for (const auto dtype : {at::kFloat, at::kBFloat16, at::kHalf}) {
    FileWeights source = weights(dtype);
    EXPECT_EQ(source.options().dtype(), dtype);
    EXPECT_EQ(source.get("b.table", {3, 2}).scalar_type(), dtype);
    EXPECT_EQ(values(source.get("b.table", {3, 2})), (std::vector<float>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(values(source.get("c.wide", {2})), (std::vector<float>{0.5F, -2}));
    EXPECT_EQ(values(source.get("d.half", {2})), (std::vector<float>{1, -2}));
    EXPECT_EQ(values(source.get("e.brain", {2})), (std::vector<float>{1, -2}));
  }
}

TEST_F(FileWeightsTest, ConvertsTensorsLargerThanItsBuffer) {
  const auto folder = folder_ / "large";
  std::filesystem::create_directories(folder);
  std::vector<float> numbers(200'001);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i % 256);
  const std::vector<NamedTensor> tensors{
      {"x", DType::kF32, {200'001}, std::as_bytes(std::span(numbers))}};
  write_tensor_file(folder / "model.safetensors", tensors);
  const NetworkTensors tensors_of_one(folder, Network::kTextEncoder);
  FileWeights source(tensors_of_one, at::TensorOptions(at::kBFloat16));
  EXPECT_EQ(values(source.get("x", {200'001})), numbers);
  // Its pages were given back to the system in between: a second reading sees the same.
  EXPECT_EQ(values(source.get("x", {200'001})), numbers);
}

// Of a large file only the middle of each tensor is looked at before; the rest is when it is read.
TEST_F(FileWeightsTest, DamageAwayFromTheMiddleIsNamedWhenItIsRead) {
  const auto folder = folder_ / "damaged";
  std::filesystem::create_directories(folder);
  std::vector<float> numbers(100 * 1000);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i % 251) + 1;
  const auto read_with = [&](float value, bool allow) {
    std::vector<float> damaged = numbers;
    std::fill_n(damaged.end() - 8192, 8192, value);  // 32 KB
    const std::vector<NamedTensor> tensors{
        {"x", DType::kF32, {100, 1000}, std::as_bytes(std::span(damaged))}};
    write_tensor_file(folder / "model.safetensors", tensors);
    const NetworkTensors tensors_of_one(folder, Network::kTextEncoder);
    FileWeights source(tensors_of_one, at::TensorOptions(at::kFloat));
    if (allow) source.allow_faults();
    return failure([&] { source.get("x", {100, 1000}); });
  };
  const auto named = [&](const std::string& fault) {
    return ::testing::AllOf(
        HasSubstr((folder / "model.safetensors").string() + ": tensor x " + fault),
        HasSubstr("download"));
  };
  EXPECT_THAT(read_with(0, false), named("is zero or has a hole of zeros"));
  EXPECT_THAT(read_with(1, false), named("holds one value over and over"));
  EXPECT_THAT(read_with(std::numeric_limits<float>::quiet_NaN(), false),
              named("holds values that are not finite"));
  for (const float value : {0.F, 1.F, std::numeric_limits<float>::infinity()})
    EXPECT_EQ(read_with(value, true), "no failure");
}

TEST_F(FileWeightsTest, CountsWhatItHandsOutAsWeights) {
  cpu_budget::install();
  FileWeights source = weights();
  const cpu_budget::Use before = cpu_budget::use();
  const at::Tensor table = source.get("b.table", {3, 2});
  EXPECT_EQ(cpu_budget::use().weights - before.weights, 64);
  const std::vector<std::int32_t> ids{2, 0, 2};
  const at::Tensor rows = source.gather_rows("b.table", ids, 3, 2);
  EXPECT_EQ(cpu_budget::use().weights - before.weights, 64);  // the rows belong to the run
  EXPECT_EQ(cpu_budget::use().activations - before.activations, 64);
}

TEST_F(FileWeightsTest, GathersRowsInTheOrderOfTheIds) {
  FileWeights source = weights(at::kBFloat16);
  const std::vector<std::int32_t> ids{2, 0, 2};
  const at::Tensor rows = source.gather_rows("b.table", ids, 3, 2);
  EXPECT_EQ(rows.scalar_type(), at::kBFloat16);
  EXPECT_EQ(values(rows), (std::vector<float>{4, 5, 0, 1, 4, 5}));
}

TEST_F(FileWeightsTest, AMissingTensorIsNamed) {
  FileWeights source = weights();
  const std::string message = failure([&] { source.get("z.nothing", {2}); });
  EXPECT_THAT(message, HasSubstr("z.nothing is missing"));
  EXPECT_THAT(message, HasSubstr(folder_.string()));
}

TEST_F(FileWeightsTest, AWrongShapeIsNamedWithBothShapes) {
  FileWeights source = weights();
  const std::string message = failure([&] { source.get("b.table", {2, 3}); });
  EXPECT_THAT(message, HasSubstr((folder_ / "model.safetensors").string()));
  EXPECT_THAT(message, HasSubstr("tensor b.table has shape [3, 2], but the model asks for [2, 3]"));
  EXPECT_THAT(failure([&] { source.get("b.table", {6}); }), HasSubstr("asks for [6]"));
  const std::vector<std::int32_t> ids{0};
  EXPECT_THAT(failure([&] { source.gather_rows("b.table", ids, 4, 2); }),
              HasSubstr("asks for [4, 2]"));
}

TEST_F(FileWeightsTest, AnIntegerTensorIsNoWeight) {
  FileWeights source = weights();
  const std::string message = failure([&] { source.get("a.byte", {1}); });
  EXPECT_THAT(message, HasSubstr("tensor a.byte is stored as U8"));
  EXPECT_THAT(message, HasSubstr("which no weight can be"));
  const std::vector<std::int32_t> ids{0};
  EXPECT_THAT(failure([&] { source.gather_rows("a.byte", ids, 1, 1); }), HasSubstr("stored as U8"));
}

TEST_F(FileWeightsTest, AnIdBeyondTheTableMeansThatTokenizerAndModelDoNotBelongTogether) {
  FileWeights source = weights();
  for (const std::int32_t id : {3, -1, 100000}) {
    const std::vector<std::int32_t> ids{0, id};
    const std::string message = failure([&] { source.gather_rows("b.table", ids, 3, 2); });
    EXPECT_THAT(message, HasSubstr("the tokenizer knows id " + std::to_string(id)));
    EXPECT_THAT(message, HasSubstr("b.table has only 3 rows"));
  }
}

}  // namespace
}  // namespace headroom
