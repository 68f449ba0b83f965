#include "support/fixture.h"

#include "headroom/device/cpu_budget.h"

#include "support/paths.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <utility>

#include <ATen/ops/empty.h>

namespace headroom::test {
namespace {

// Checks after every test that the counting allocator has never exceeded its limit.
class BudgetListener final : public testing::EmptyTestEventListener {
  void OnTestEnd(const testing::TestInfo&) override { EXPECT_EQ(cpu_budget::use().over_limit, 0); }
};
[[maybe_unused]] const bool listening = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new BudgetListener);  // gtest deletes it
  return true;
}();

c10::ScalarType scalar_type(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return at::kFloat;
    case DType::kF64:
      return at::kDouble;
    case DType::kI64:
      return at::kLong;
    case DType::kI32:
      return at::kInt;
    case DType::kU8:
      return at::kByte;
    case DType::kI8:
      return at::kChar;
    case DType::kBool:
      return at::kBool;
    case DType::kBF16:
      return at::kBFloat16;
    case DType::kF16:
      return at::kHalf;
    default:
      throw std::runtime_error("fixture tensor of type " + std::string(dtype_name(dtype)));
  }
}

at::Tensor copy_of(const TensorView& view) {
  at::Tensor tensor = at::empty(view.shape, at::TensorOptions(scalar_type(view.dtype)));
  if (!view.data.empty())
    std::memcpy(tensor.mutable_data_ptr(), view.data.data(), view.data.size());
  return tensor;
}

std::string text(at::IntArrayRef shape) { return ::testing::PrintToString(shape.vec()); }

at::Tensor as_float(const at::Tensor& x) { return x.to(at::kCPU, at::kFloat).contiguous(); }

std::string index_text(std::int64_t flat, at::IntArrayRef shape) {
  std::vector<std::int64_t> index(shape.size());
  for (std::size_t i = shape.size(); i-- > 0; flat /= shape[i]) index[i] = flat % shape[i];
  return ::testing::PrintToString(index);
}

}  // namespace

const FixtureCase& FixtureGroup::at(const std::string& name) const {
  for (const FixtureCase& c : cases) {
    if (c.name == name) return c;
  }
  throw std::runtime_error("no fixture case " + name);
}

std::filesystem::path model_root(const std::string& variant) {
  return test::data_folder() / "zimage" / variant / "model";
}

std::filesystem::path quant_models() { return test::quant_folder() / "models"; }

namespace {

FixtureGroup load_from(const std::filesystem::path& folder, const std::string& group) {
  std::ifstream in(folder / (group + ".json"));
  const auto json = nlohmann::json::parse(in);
  const TensorFile file(folder / json.at("file").get<std::string>());
  const auto read = [&](const nlohmann::json& entry) {
    const auto name = entry.at("tensor").get<std::string>();
    const auto found = file.tensors().find(name);
    if (found == file.tensors().end()) throw std::runtime_error("fixture tensor missing: " + name);
    return copy_of(found->second);
  };
  FixtureGroup result;
  if (json.contains("bfloat16")) {
    result.bfloat16_case = json["bfloat16"].at("case").get<std::string>();
    result.bfloat16_relative_l2 = json["bfloat16"].value("relative_l2", 0.0);
  }
  for (const auto& entry : json.at("cases")) {
    FixtureCase& c = result.cases.emplace_back();
    c.name = entry.at("name").get<std::string>();
    c.params = entry.at("params");
    for (const auto& [name, input] : entry.at("inputs").items()) c.inputs[name] = read(input);
    for (const auto& [name, output] : entry.at("outputs").items()) {
      c.outputs[name] = {read(output), output.value("atol", 0.0),
                         output.value("fraction_allowed", 0.0)};
    }
  }
  return result;
}

}  // namespace

FixtureGroup load_group(const std::string& variant, const std::string& group) {
  return load_from(test::data_folder() / "zimage" / variant / "expected", group);
}

FixtureGroup load_quant_group(const std::string& group) {
  return load_from(test::quant_folder() / "expected", group);
}

std::filesystem::path upscaler_files() { return test::data_folder() / "upscalers"; }

FixtureGroup load_upscaler_group() { return load_from(upscaler_files(), "expected"); }

OpenModel::OpenModel(const std::string& variant, c10::ScalarType dtype)
    : OpenModel(read_model_folder(model_root(variant)), dtype) {}

OpenModel::OpenModel(ModelFolder model, c10::ScalarType dtype)
    : folder(std::move(model)),
      text_encoder_file_(folder.parts.text_encoder, Network::kTextEncoder),
      transformer_file_(folder.parts.transformer, Network::kTransformer),
      vae_file_(folder.parts.vae, Network::kVae),
      text_encoder(text_encoder_file_, at::TensorOptions(dtype)),
      transformer(transformer_file_, at::TensorOptions(dtype)),
      vae(vae_file_, at::TensorOptions(dtype)) {}

std::vector<std::int32_t> token_ids(const at::Tensor& ids) {
  const auto* const values = ids.const_data_ptr<std::int64_t>();
  std::vector<std::int32_t> result;
  for (std::int64_t i = 0; i < ids.numel(); ++i)
    result.push_back(static_cast<std::int32_t>(values[i]));
  return result;
}

::testing::AssertionResult within(const at::Tensor& actual, const at::Tensor& expected,
                                  double atol) {
  if (!actual.defined()) return ::testing::AssertionFailure() << "there is no tensor";
  if (actual.sizes() != expected.sizes()) {
    return ::testing::AssertionFailure()
           << "shape " << text(actual.sizes()) << ", expected " << text(expected.sizes());
  }
  const at::Tensor a = as_float(actual);
  const at::Tensor b = as_float(expected);
  const auto* const x = a.const_data_ptr<float>();
  const auto* const y = b.const_data_ptr<float>();
  std::int64_t worst = -1;
  double largest = 0;
  for (std::int64_t i = 0; i < a.numel(); ++i) {
    const double difference = std::abs(static_cast<double>(x[i]) - static_cast<double>(y[i]));
    if (!(difference <= largest) || worst < 0) {  // also true for NaN
      largest = difference;
      worst = i;
      if (std::isnan(difference)) break;
    }
  }
  if (worst < 0 || largest <= atol) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "off by " << largest << " (allowed " << atol << ") at " << index_text(worst, a.sizes())
         << " of " << text(a.sizes()) << ": " << x[worst] << ", expected " << y[worst];
}

::testing::AssertionResult within(const at::Tensor& actual, const Expected& expected) {
  return within(actual, expected.value, expected.atol);
}

::testing::AssertionResult within_one_level(const std::uint8_t* actual,
                                            const std::uint8_t* expected, std::size_t count,
                                            double fraction_allowed) {
  std::size_t different = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int levels = std::abs(static_cast<int>(actual[i]) - static_cast<int>(expected[i]));
    if (levels > 1) {
      return ::testing::AssertionFailure() << "value " << i << " is " << static_cast<int>(actual[i])
                                           << ", expected " << static_cast<int>(expected[i]);
    }
    different += levels == 1 ? 1U : 0U;
  }
  if (static_cast<double>(different) <= fraction_allowed * static_cast<double>(count)) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure()
         << different << " of " << count << " values are one level off";
}

::testing::AssertionResult same_bits(const at::Tensor& actual, const at::Tensor& expected) {
  if (actual.sizes() != expected.sizes() || actual.scalar_type() != expected.scalar_type()) {
    return ::testing::AssertionFailure()
           << "shape " << text(actual.sizes()) << ", expected " << text(expected.sizes());
  }
  const at::Tensor a = actual.contiguous();
  const at::Tensor b = expected.contiguous();
  if (std::memcmp(a.const_data_ptr(), b.const_data_ptr(), a.nbytes()) == 0) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << "the bits differ; " << within(a, b, 0).message();
}

double relative_l2(const at::Tensor& actual, const at::Tensor& expected) {
  const at::Tensor a = as_float(actual);
  const at::Tensor b = as_float(expected);
  const auto* const x = a.const_data_ptr<float>();
  const auto* const y = b.const_data_ptr<float>();
  double error = 0;
  double norm = 0;
  for (std::int64_t i = 0; i < a.numel(); ++i) {
    error += std::pow(static_cast<double>(x[i]) - y[i], 2);
    norm += std::pow(static_cast<double>(y[i]), 2);
  }
  return std::sqrt(error / norm);
}

}  // namespace headroom::test
