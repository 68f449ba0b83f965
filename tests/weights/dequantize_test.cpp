#include "headroom/weights/dequantize.h"

#include "headroom/weights/stored_tensors.h"

#include "weights/quant_test_support.h"

#include <limits>

namespace headroom {
namespace {

using test::floats_of;
using test::quant_folder;
using test::read_json;
using test::same_bits;
using test::sha256;
using test::zimage_folder;

std::vector<float> all_values(const StoredTensor& tensor) {
  const std::int64_t rows = row_count(tensor.shape);
  std::vector<float> values(static_cast<std::size_t>(rows * row_width(tensor.shape)));
  dequantize(tensor, 0, rows, values);
  return values;
}

TEST(Checksum, IsThatOfTheStandard) {
  const std::string_view text = "abc";  // the standard's own example
  EXPECT_EQ(sha256(std::as_bytes(std::span(text))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// One tensor of each of GGUF's formats, against the values of the gguf package.
TEST(Dequantize, GivesTheReferencesBitsForEveryFormatOfGguf) {
  const TensorFile file(zimage_folder() / "tiny/gguf/types.gguf");
  const TensorFile values(zimage_folder() / "tiny/expected/gguf.safetensors");
  const nlohmann::json types = read_json(zimage_folder() / "tiny/expected/gguf.json")["cases"][0];
  const nlohmann::json& listed = types.at("params").at("types");
  ASSERT_EQ(file.tensors().size(), listed.size());
  ASSERT_GE(listed.size(), 15U);
  for (const auto& [name, view] : file.tensors()) {
    SCOPED_TRACE(name);
    EXPECT_EQ(dtype_name(view.dtype), listed.at(name).at(0).get<std::string>());
    std::vector<std::int64_t> dims = listed.at(name).at(1);
    EXPECT_EQ(view.shape, (std::vector<std::int64_t>{dims.rbegin(), dims.rend()}));
    const TensorView& expected =
        values.tensors().at(types.at("outputs").at(name).at("tensor").get<std::string>());
    std::vector<float> out(floats_of(expected).size());
    dequantize(view, 0, row_count(view.shape), out);
    EXPECT_TRUE(same_bits(out, floats_of(expected)));
  }
}

TEST(Dequantize, OfSomeRowsIsThatPartOfAll) {
  const TensorFile file(zimage_folder() / "tiny/gguf/types.gguf");
  for (const auto& [name, view] : file.tensors()) {
    const auto width = static_cast<std::size_t>(row_width(view.shape));
    std::vector<float> all(3 * width);
    dequantize(view, 0, 3, all);
    std::vector<float> last(2 * width);
    dequantize(view, 1, 2, last);
    EXPECT_TRUE(same_bits(last, std::span(all).subspan(width))) << name;
    dequantize(view, 3, 0, {});
    EXPECT_THROW(dequantize(view, 2, 2, last), Error) << name;
    EXPECT_THROW(dequantize(view, -1, 2, last), Error) << name;
    EXPECT_THROW(dequantize(view, 0, 1, last), Error) << name;
  }
}

std::vector<float> values_of(DType dtype, const std::vector<std::uint8_t>& bytes) {
  const auto count = static_cast<std::int64_t>(bytes.size() / tensor_type(dtype).block_bytes);
  std::vector<float> out(static_cast<std::size_t>(count));
  dequantize(TensorView{dtype, {count}, std::as_bytes(std::span(bytes))}, 0, 1, out);
  return out;
}

TEST(Dequantize, ReadsTheEndsOfEveryFloat) {
  using Values = std::vector<float>;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(values_of(DType::kF16, {0x01, 0x00, 0xFF, 0x7B, 0x00, 0xFC, 0x00, 0x3C}),
            (Values{0x1p-24F, 65504, -kInfinity, 1}));
  EXPECT_TRUE(std::isnan(values_of(DType::kF16, {0x01, 0x7E}).front()));
  EXPECT_EQ(values_of(DType::kBF16, {0x80, 0x3F, 0x00, 0xC0}), (Values{1, -2}));
  EXPECT_EQ(values_of(DType::kF8E4M3, {0x01, 0x08, 0x7E, 0xFE, 0x38}),
            (Values{0x1p-9F, 0x1p-6F, 448, -448, 1}));
  EXPECT_TRUE(std::isnan(values_of(DType::kF8E4M3, {0x7F}).front()));
  EXPECT_EQ(values_of(DType::kF8E5M2, {0x01, 0x7B, 0x7C, 0xFC, 0x3C}),
            (Values{0x1p-16F, 57344, kInfinity, -kInfinity, 1}));
  EXPECT_TRUE(std::signbit(values_of(DType::kF8E4M3, {0x80}).front()));
  EXPECT_EQ(values_of(DType::kF64, {0, 0, 0, 0, 0, 0, 0xF0, 0x3F}), Values{1});
}

TEST(Dequantize, RefusesWhatHasNoValuesOfItsOwn) {
  const std::vector<std::byte> byte(8);
  for (const DType dtype : {DType::kI8, DType::kU8, DType::kF8E8M0, DType::kBool, DType::kI64}) {
    EXPECT_FALSE(has_own_values(dtype));
    float out = 0;
    EXPECT_THROW(
        dequantize(TensorView{dtype, {1}, std::span(byte).first(tensor_type(dtype).block_bytes)}, 0,
                   1, std::span(&out, 1)),
        Error);
  }
}

// Single matrices of each of ComfyUI's formats: exact, but for the rounding inside of rotations.
TEST(StoredMatrices, HaveTheReferencesValues) {
  const nlohmann::json group = read_json(quant_folder() / "expected/linear.json");
  const TensorFile values(quant_folder() / "expected/linear.safetensors");
  int exact = 0;
  int rotated = 0;
  for (const nlohmann::json& entry : group.at("cases")) {
    SCOPED_TRACE(entry.at("name").get<std::string>());
    if (!entry.at("outputs").contains("value")) continue;
    const auto path = quant_folder() / entry.at("params").at("file").get<std::string>();
    const TensorFile file(path);
    const StoredTensors stored = read_stored_tensors(file.tensors(), file.metadata(), path);
    const StoredTensor& tensor =
        stored.at(entry.at("params").at("module").get<std::string>() + ".weight");
    const nlohmann::json& output = entry.at("outputs").at("value");
    EXPECT_EQ(nlohmann::json(tensor.shape), output.at("shape"));
    const std::vector<float> expected =
        floats_of(values.tensors().at(output.at("tensor").get<std::string>()));
    const std::vector<float> actual = all_values(tensor);
    const auto last = row_count(tensor.shape) - 1;
    std::vector<float> row(static_cast<std::size_t>(row_width(tensor.shape)));
    dequantize(tensor, last, 1, row);
    EXPECT_TRUE(same_bits(row, std::span(actual).last(row.size())));
    EXPECT_THROW(dequantize(tensor, last, 2, row), Error);
    if (tensor.rotation_group == 0) {
      ++exact;
      EXPECT_TRUE(same_bits(actual, expected));
      continue;
    }
    ++rotated;
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
      ASSERT_NEAR(actual[i], expected[i], output.at("atol").get<double>()) << i;
    }
  }
  EXPECT_GE(exact, 10);
  EXPECT_GE(rotated, 4);
}

// Every tensor of whole models, by the checksum of its float32 bytes where the value is defined to
// the bit, otherwise by its sums.
TEST(StoredModels, HaveTheReferencesValues) {
  int files = 0;
  for (const char* const name : {"comfy", "gguf"}) {
    const nlohmann::json group =
        read_json(quant_folder() / "expected" / (std::string(name) + ".json"));
    for (const nlohmann::json& entry : group.at("cases")) {
      const auto path =
          quant_folder() / "models" / entry.at("params").at("file").get<std::string>();
      if (!std::filesystem::exists(path)) continue;  // only some are in the archive
      SCOPED_TRACE(path.string());
      ++files;
      const TensorFile file(path);
      const StoredTensors stored = read_stored_tensors(file.tensors(), file.metadata(), path);
      std::size_t found = 0;
      for (const auto& [tensor_name, expected] : entry.at("tensors").items()) {
        SCOPED_TRACE(tensor_name);
        ASSERT_TRUE(stored.contains(tensor_name));
        const StoredTensor& tensor = stored.at(tensor_name);
        ++found;
        EXPECT_EQ(nlohmann::json(tensor.shape), expected.at("shape"));
        const std::vector<float> values = all_values(tensor);
        if (expected.at("sha256").is_string()) {
          EXPECT_EQ(sha256(std::as_bytes(std::span(values))),
                    expected.at("sha256").get<std::string>());
          continue;
        }
        double magnitudes = 0;
        for (const float value : values) magnitudes += std::abs(static_cast<double>(value));
        EXPECT_NEAR(magnitudes, expected.at("abs_sum").get<double>(), magnitudes * 1e-7);
      }
      EXPECT_EQ(found, stored.size());
    }
  }
  EXPECT_GE(files, 5);
}

}  // namespace
}  // namespace headroom
