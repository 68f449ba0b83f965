#include "headroom/weights/stored_tensors.h"

#include "headroom/weights/dequantize.h"

#include "weights/quant_test_support.h"

#include <cmath>

namespace headroom {
namespace {

using test::expect_error;
using test::quant_folder;
using test::read_json;

std::vector<nlohmann::json> hostile_cases() {
  return read_json(quant_folder() / "hostile/manifest.json").at("comfy");
}

StoredTensors open(const std::filesystem::path& path, std::optional<TensorFile>& file) {
  file.emplace(path);
  return read_stored_tensors(file->tensors(), file->metadata(), path);
}

class HostileConfiguration : public ::testing::TestWithParam<nlohmann::json> {};

TEST_P(HostileConfiguration, IsReadOrRefusedAsTheManifestSays) {
  const nlohmann::json& entry = GetParam();
  const auto path = quant_folder() / "hostile" / entry.at("file").get<std::string>();
  const std::string expected = entry.at("expect");
  std::optional<TensorFile> file;
  if (expected == "refuse") {
    expect_error(ErrorKind::kModelFile, {path.string()}, [&] { (void)open(path, file); });
    return;
  }
  try {
    const StoredTensors stored = open(path, file);
    for (const auto& [name, values] : entry.at("values").items()) {
      const StoredTensor& tensor = stored.at(name);
      EXPECT_EQ(nlohmann::json(tensor.shape), values.at("shape"));
      std::vector<float> all(
          static_cast<std::size_t>(row_count(tensor.shape) * row_width(tensor.shape)));
      dequantize(tensor, 0, row_count(tensor.shape), all);
      double sum = 0;
      double magnitudes = 0;
      for (const float value : all) {
        sum += value;
        magnitudes += std::abs(static_cast<double>(value));
      }
      const double near = 1e-6 * (1 + magnitudes);
      EXPECT_NEAR(sum, values.at("sum").get<double>(), near);
      EXPECT_NEAR(magnitudes, values.at("abs_sum").get<double>(), near);
    }
  } catch (const Error& error) {
    EXPECT_EQ(expected, "either") << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Manifest, HostileConfiguration, ::testing::ValuesIn(hostile_cases()),
                         [](const auto& test) {
                           const std::string file = test.param.at("file");
                           return std::filesystem::path(file).stem().string();
                         });

// A layer "m" with tensors in memory.
class Layer {
 public:
  Layer& add(const std::string& name, DType dtype, std::vector<std::int64_t> shape,
             const std::string& bytes) {
    auto& kept = bytes_[name] = bytes;
    views_[name] = {dtype, std::move(shape), std::as_bytes(std::span(kept))};
    return *this;
  }
  Layer& configure(const std::string& json) {
    return add("m.comfy_quant", DType::kU8, {static_cast<std::int64_t>(json.size())}, json);
  }
  Layer& scale(const std::string& name, const std::vector<float>& values) {
    std::string bytes(values.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return add(name, DType::kF32, {static_cast<std::int64_t>(values.size())}, bytes);
  }
  [[nodiscard]] StoredTensors read() const { return read_stored_tensors(views_, metadata, "file"); }
  void refused(const std::vector<std::string>& words) const {
    expect_error(ErrorKind::kModelFile, words, [&] { (void)read(); });
  }
  std::map<std::string, std::string> metadata;

 private:
  std::map<std::string, std::string> bytes_;
  TensorViews views_;
};

const std::string kInt8 = R"({"format": "int8_tensorwise"})";

Layer int8_layer() {
  Layer layer;
  layer.add("m.weight", DType::kI8, {2, 4}, std::string("\1\2\3\4\5\6\7\x80", 8));
  layer.scale("m.weight_scale", {0.5F, 2});
  return layer;
}

std::vector<float> values_of(const StoredTensor& tensor) {
  std::vector<float> all(
      static_cast<std::size_t>(row_count(tensor.shape) * row_width(tensor.shape)));
  dequantize(tensor, 0, row_count(tensor.shape), all);
  return all;
}

TEST(StoredTensors, Int8RowsHaveTheirScales) {
  Layer layer = int8_layer();
  layer.configure(kInt8).scale("m.input_scale", {3});
  const StoredTensors stored = layer.read();
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(format_name(stored.at("m.weight")), "int8_tensorwise");
  EXPECT_EQ(values_of(stored.at("m.weight")),
            (std::vector<float>{0.5F, 1, 1.5F, 2, 10, 12, 14, -256}));
}

// (a+b+c-d, a+b-c+d, a-b+c+d, -a+b+c+d) / 2 of each four.
TEST(StoredTensors, RotatedRowsAreTurnedBack) {
  Layer layer = int8_layer();
  layer.configure(R"({"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": 4})");
  const StoredTensors stored = layer.read();
  EXPECT_EQ(format_name(stored.at("m.weight")), "int8_tensorwise, rotated by 4");
  EXPECT_EQ(values_of(stored.at("m.weight")),
            (std::vector<float>{0.5F, 1, 1.5F, 2, 146, -124, -122, -120}));
}

TEST(StoredTensors, AScaleIsAppliedOrRefusedNeverDropped) {
  Layer plain;
  plain.add("m.weight", DType::kBF16, {1, 1}, std::string("\x80\x3F", 2));
  plain.scale("m.scale_weight", {3});
  EXPECT_EQ(values_of(plain.read().at("m.weight")), std::vector<float>{3});
  EXPECT_EQ(format_name(plain.read().at("m.weight")), "BF16, scaled");
  plain.scale("m.weight_scale", {2}).refused({"\"m\"", "scale"});

  int8_layer().configure(kInt8).scale("m.weight_scale_2", {1}).refused({"more scales"});
  int8_layer().configure(kInt8).scale("m.scale_weight", {1}).refused({"more scales"});
  int8_layer().configure(kInt8).scale("m.zero_point", {1}).refused({"zero_point"});
  int8_layer().configure(kInt8).scale("n.weight_scale", {1}).refused({"\"n\"", "no weight"});

  Layer brain;
  brain.add("m.weight", DType::kBF16, {1, 1}, std::string("\x80\x3F", 2));
  brain.scale("m.weight_scale", {2}).refused({"\"m\"", "scale"});
}

TEST(StoredTensors, RefuseRotationsOfOtherFormats) {
  Layer layer;
  layer.add("m.weight", DType::kF8E4M3, {1, 4}, "\x38\x38\x38\x38").scale("m.weight_scale", {1});
  layer.configure(R"({"format": "float8_e4m3fn", "convrot": true, "convrot_groupsize": 4})");
  layer.refused({"\"m\"", "rotated", "float8_e4m3fn"});
}

TEST(StoredTensors, RefuseWhatContradictsItself) {
  int8_layer()
      .configure(R"({"format": "int8_tensorwise", "convrot": true, "params": {"convrot": false}})")
      .refused({"contradicts itself", "convrot"});
  Layer both = int8_layer();
  both.configure(kInt8);
  both.metadata["_quantization_metadata"] =
      R"({"layers": {"m": {"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": 4}}})";
  both.refused({"\"m\"", "contradict"});
  both.metadata["_quantization_metadata"] = R"({"layers": {"m": {"format": "int8_tensorwise"}}})";
  EXPECT_EQ(both.read().size(), 1U);
}

TEST(StoredTensors, RefuseBlockScalesThatAreNoNumbers) {
  Layer layer;
  layer.add("m.weight", DType::kU8, {1, 8}, std::string(8, '\x22'));
  layer.configure(R"({"format": "nvfp4"})").scale("m.weight_scale_2", {0.5F});
  std::string scales(512, '\0');
  scales[0] = '\x38';  // 1
  layer.add("m.weight_scale", DType::kU8, {512}, scales);
  EXPECT_EQ(values_of(layer.read().at("m.weight")), std::vector<float>(16, 0.5F));
  scales[0] = '\x7F';
  layer.add("m.weight_scale", DType::kU8, {512}, scales).refused({"\"m\"", "block scale"});
}

TEST(StoredTensors, ConfigurationsAreShort) {
  int8_layer().configure(kInt8 + std::string(70'000, ' ')).refused({"\"m\"", "short text"});
}

}  // namespace
}  // namespace headroom
