#pragma once
#include "headroom/model_files/model_folder.h"
#include "headroom/pipeline/file_weights.h"
#include "headroom/text/prompt_tokenizer.h"
#include "headroom/weights/network_tensors.h"
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/TensorBody.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// The reference fixtures of tests/data/zimage, which tools/reference/make_fixtures.py made with
// the reference libraries: two small models with random weights, and their outputs.
namespace headroom::test {

// "tiny" and "f32": they differ in every dimension; the second also in sharding and storage.
inline const std::vector<std::string>& variants() {
  static const std::vector<std::string> names{"tiny", "f32"};
  return names;
}

struct Expected {
  at::Tensor value;
  double atol = 0;
  double fraction_allowed = 0;  // share of 8-bit values that may be one level off
};

struct FixtureCase {
  std::string name;
  nlohmann::json params;
  std::map<std::string, at::Tensor> inputs;
  std::map<std::string, Expected> outputs;
};

struct FixtureGroup {
  std::vector<FixtureCase> cases;
  double bfloat16_relative_l2 = 0;  // of the reference in bfloat16 compared with itself in float32
  std::string bfloat16_case;
  [[nodiscard]] const FixtureCase& at(const std::string& name) const;
};

// Throws when the files do not exist or do not match.
[[nodiscard]] FixtureGroup load_group(const std::string& variant, const std::string& group);
// For the models in other formats: "base", "comfy", "gguf".
[[nodiscard]] FixtureGroup load_quant_group(const std::string& group);
[[nodiscard]] std::filesystem::path quant_models();
// For upscaling networks, which tools/reference/make_upscaler_fixtures.py made with spandrel, and
// the folder with their files.
[[nodiscard]] FixtureGroup load_upscaler_group();
[[nodiscard]] std::filesystem::path upscaler_files();

// A model with opened weight files, read in one number format.
class OpenModel {
 public:
  explicit OpenModel(const std::string& variant, c10::ScalarType dtype = at::kFloat);
  explicit OpenModel(ModelFolder model, c10::ScalarType dtype = at::kFloat);
  OpenModel(const OpenModel&) = delete;
  OpenModel& operator=(const OpenModel&) = delete;

  const ModelFolder folder;

 private:
  NetworkTensors text_encoder_file_, transformer_file_, vae_file_;

 public:
  FileWeights text_encoder, transformer, vae;
};

[[nodiscard]] std::filesystem::path model_root(const std::string& variant);
[[nodiscard]] std::vector<std::int32_t> token_ids(const at::Tensor& ids);

// Whether every element is within `atol`; if not, the message says by how much, where, and the
// values.
[[nodiscard]] ::testing::AssertionResult within(const at::Tensor& actual,
                                                const at::Tensor& expected, double atol);
[[nodiscard]] ::testing::AssertionResult within(const at::Tensor& actual, const Expected& expected);
// 8-bit values: at most one level off, and in at most this share of the values.
[[nodiscard]] ::testing::AssertionResult within_one_level(const std::uint8_t* actual,
                                                          const std::uint8_t* expected,
                                                          std::size_t count,
                                                          double fraction_allowed);
// The same bits.
[[nodiscard]] ::testing::AssertionResult same_bits(const at::Tensor& actual,
                                                   const at::Tensor& expected);
// ||actual - expected|| / ||expected||
[[nodiscard]] double relative_l2(const at::Tensor& actual, const at::Tensor& expected);

}  // namespace headroom::test
