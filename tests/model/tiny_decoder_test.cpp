#include "headroom/model/tiny_decoder.h"

#include "support/made_tiny_decoder.h"
#include "support/paths.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace headroom {
namespace {

// The made values by their names.
class MadeWeights final : public WeightSource {
 public:
  MadeWeights() {
    for (test::MadeTensor& tensor : test::made_tiny_decoder())
      tensors_.emplace("decoder." + tensor.name, std::move(tensor));
  }
  at::Tensor get(std::string_view name, at::IntArrayRef shape) override {
    at::Tensor target = at::empty(shape, options());
    read(name, target);
    return target;
  }
  void read(std::string_view name, const at::Tensor& target) override {
    test::MadeTensor& tensor = tensors_.at(std::string(name));
    ASSERT_EQ(target.sizes(), at::IntArrayRef(tensor.shape));
    asked_.insert(std::string(name));
    target.copy_(at::from_blob(tensor.values.data(), target.sizes(), options()));
  }
  at::Tensor gather_rows(std::string_view, std::span<const std::int32_t>, std::int64_t,
                         std::int64_t) override {
    throw std::logic_error("it has no tables");
  }
  [[nodiscard]] at::TensorOptions options() const override { return at::kFloat; }
  [[nodiscard]] bool all_were_asked_for() const { return asked_.size() == tensors_.size(); }

 private:
  std::map<std::string, test::MadeTensor> tensors_;
  std::set<std::string> asked_;
};

at::Tensor made_latents(std::int64_t h, std::int64_t w) {
  const auto values = test::made_values(1000, static_cast<std::size_t>(16 * h * w), 8);
  const at::Tensor latents = at::empty({16, h, w}, at::kFloat);
  std::copy(values.begin(), values.end(), latents.mutable_data_ptr<float>());
  return latents;
}

// Largest difference, in levels of 255.
int difference(const at::Tensor& a, const at::Tensor& b) {
  int largest = 0;
  const auto* const x = a.const_data_ptr<std::uint8_t>();
  const auto* const y = b.const_data_ptr<std::uint8_t>();
  for (std::int64_t i = 0; i < a.numel(); ++i) largest = std::max(largest, std::abs(x[i] - y[i]));
  return largest;
}

TEST(TinyDecoder, MakesOfLatentsWhatDiffusersMakes) {
  const c10::InferenceMode inference;
  const auto expected =
      nlohmann::json::parse(std::ifstream(test::source_folder() / "tests/data/tiny_decoder.json"));
  std::vector<std::string> names;
  for (const test::MadeTensor& tensor : test::made_tiny_decoder()) names.push_back(tensor.name);
  ASSERT_EQ(names, expected["names"].get<std::vector<std::string>>()) << "the rule goes by these";
  MadeWeights weights;
  const TinyDecoder decoder(weights);
  EXPECT_TRUE(weights.all_were_asked_for());
  const at::Tensor picture = decoder.forward(made_latents(6, 5));
  ASSERT_EQ(picture.sizes(), (at::IntArrayRef{48, 40, 3}));
  const auto every = expected["every"].get<std::int64_t>();
  const auto levels = expected["levels"].get<std::vector<double>>();
  ASSERT_EQ(static_cast<std::int64_t>(levels.size()), (picture.numel() + every - 1) / every);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const int value = picture.const_data_ptr<std::uint8_t>()[static_cast<std::int64_t>(i) * every];
    EXPECT_NEAR(value, levels[i], 0.52) << i;
  }
}

TEST(TinyDecoder, InStripsMakesTheSamePicture) {
  const c10::InferenceMode inference;
  MadeWeights weights;
  const TinyDecoder decoder(weights);
  const at::Tensor latents = made_latents(37, 9);
  const at::Tensor whole = decoder.forward(latents, {}, std::int64_t{1} << 40);
  int strips = 0;
  const at::Tensor in_strips = decoder.forward(
      latents, [&] { ++strips; }, 1);
  EXPECT_EQ(strips, 5 + 5 + 10 + 19) << "of eight rows each";
  EXPECT_LE(difference(whole, in_strips), 1) << "sums in another order";
  EXPECT_THROW(
      static_cast<void>(decoder.forward(latents, [] { throw std::runtime_error("stop"); })),
      std::runtime_error);
}

}  // namespace
}  // namespace headroom
