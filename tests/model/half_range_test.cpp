// Models whose branches pass what float16 can hold: the fixtures with some weights made larger.

#include "headroom/model/ops.h"
#include "headroom/model/text_encoder.h"
#include "headroom/model/transformer.h"

#include "support/fixture.h"
#include "support/networks.h"

#include <cmath>
#include <map>
#include <string>

#include <ATen/ops/abs.h>
#include <ATen/ops/add.h>
#include <ATen/ops/max.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sum.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

using test::FixtureCase;
using test::OpenModel;

constexpr double kLargestHalf = 65504;

// Weights whose names end so are so many times larger; powers of two, so that
// nothing is rounded.
class LoudWeights final : public WeightSource {
 public:
  struct Louder {
    std::string name;
    double factor = 1;
  };
  LoudWeights(WeightSource& source, std::vector<Louder> louder)
      : source_(source), louder_(std::move(louder)) {}
  at::Tensor get(std::string_view name, at::IntArrayRef shape) override {
    at::Tensor value = source_.get(name, shape);
    for (const Louder& l : louder_) {
      if (name.ends_with(l.name)) value = at::mul(value, l.factor);
    }
    return value;
  }
  void read(std::string_view name, const at::Tensor& target) override {
    target.copy_(get(name, target.sizes()));
  }
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override {
    return source_.gather_rows(name, ids, rows, width);
  }
  [[nodiscard]] at::TensorOptions options() const override { return source_.options(); }

 private:
  WeightSource& source_;
  std::vector<Louder> louder_;
};

double largest(const at::Tensor& x) { return at::max(at::abs(x)).item().toDouble(); }
double power_of_two(double x) { return std::exp2(std::round(std::log2(x))); }

struct Branches {
  double attention = 0;  // largest values in front of the norms
  double feed_forward = 0;
};

class HalfRange : public ::testing::TestWithParam<std::string> {
 protected:
  const c10::InferenceMode inference_;
};
INSTANTIATE_TEST_SUITE_P(Models, HalfRange, ::testing::ValuesIn(test::variants()),
                         [](const auto& p) { return p.param; });

// A block without modulation, by its formula, in float32.
Branches branches_of(const std::string& block, const TransformerConfig& config,
                     WeightSource& weights, const at::Tensor& x, const at::Tensor& rotation) {
  const std::int64_t d = config.dim;
  const std::int64_t f = config.ffn_dim();
  const std::int64_t hd = config.head_dim();
  const auto get = [&](const char* name, at::IntArrayRef shape) {
    return weights.get(block + "." + name, shape);
  };
  const auto heads = [&](const at::Tensor& h, const char* name) {
    return linear(h, get(name, {d, d})).view({h.size(0), config.n_heads, hd});
  };
  const at::Tensor n = rms_norm(x, get("attention_norm1.weight", {d}), config.norm_eps);
  const auto turned = [&](const char* name, const char* norm) {
    return rotate_pairs(rms_norm(heads(n, name), get(norm, {hd}), 1e-5), rotation);
  };
  const at::Tensor out =
      linear(attention(turned("attention.to_q.weight", "attention.norm_q.weight"),
                       turned("attention.to_k.weight", "attention.norm_k.weight"),
                       heads(n, "attention.to_v.weight"), false),
             get("attention.to_out.0.weight", {d, d}));
  const at::Tensor y =
      at::add(x, rms_norm(out, get("attention_norm2.weight", {d}), config.norm_eps));
  const at::Tensor h = rms_norm(y, get("ffn_norm1.weight", {d}), config.norm_eps);
  const at::Tensor hidden = at::mul(at::silu(linear(h, get("feed_forward.w1.weight", {f, d}))),
                                    linear(h, get("feed_forward.w3.weight", {f, d})));
  return {largest(out), largest(linear(hidden, get("feed_forward.w2.weight", {d, f})))};
}

TEST_P(HalfRange, ATransformerWhoseBranchesPassItIsAsInFloat32) {
  const test::FixtureGroup group = test::load_group(GetParam(), "transformer");
  const FixtureCase& c = group.at(group.bfloat16_case);
  const at::Tensor& latents = c.inputs.at("latents");
  const at::Tensor& features = c.inputs.at("caption");
  OpenModel wide(GetParam());
  OpenModel narrow(GetParam(), at::kHalf);
  const TransformerConfig& config = wide.folder.transformer;

  // What enters the first block of each kind, and the part of the sequence it is.
  std::map<std::string, at::Tensor> shown;
  const test::WholeTransformer transformer(config, wide.transformer);
  const TensorObserver trace = [&](std::string_view name, const at::Tensor& x) {
    shown.emplace(name, x.clone());
  };
  const CaptionTokens caption =
      transformer.embed_caption(features, latents.size(1), latents.size(2), trace);
  static_cast<void>(
      transformer.forward(latents, c.params.at("tau").get<float>(), caption, {}, trace));
  const std::int64_t image_rows = shown.at("x_padded").size(0);
  const std::int64_t caption_rows = shown.at("cap_padded").size(0);
  const auto measure = [&](const std::string& block, WeightSource& weights) {
    const bool of_caption = block.starts_with("context");
    const bool of_image = block.starts_with("noise");
    return branches_of(block, config, weights,
                       shown.at(of_caption ? "cap_padded"
                                : of_image ? "x_padded"
                                           : "unified"),
                       caption.rotation.narrow(
                           0, of_caption ? image_rows : 0,
                           of_caption ? caption_rows : image_rows + (of_image ? 0 : caption_rows)));
  };

  std::vector<std::string> blocks;
  for (int i = 0; i < config.n_refiner_layers; ++i) {
    blocks.push_back("context_refiner." + std::to_string(i));
    blocks.push_back("noise_refiner." + std::to_string(i));
  }
  for (int i = 0; i < config.n_layers; ++i) blocks.push_back("layers." + std::to_string(i));
  // In two halves, so that no weight passes it by itself.
  std::vector<LoudWeights::Louder> louder;
  const auto add = [&](const std::string& first, const std::string& second, double factor) {
    const double half = power_of_two(std::sqrt(factor));
    louder.push_back({first, half});
    louder.push_back({second, power_of_two(factor / half)});
  };
  for (const std::string& block : blocks) {
    const Branches quiet = measure(block, wide.transformer);
    add(block + ".attention.to_v.weight", block + ".attention.to_out.0.weight",
        1.6 * kLargestHalf / quiet.attention);
    add(block + ".feed_forward.w3.weight", block + ".feed_forward.w2.weight",
        6 * kLargestHalf / quiet.feed_forward);
  }
  LoudWeights loud_wide(wide.transformer, louder);
  LoudWeights loud_narrow(narrow.transformer, louder);
  const Branches loud = measure("context_refiner.0", loud_wide);
  ASSERT_GT(loud.attention, kLargestHalf);
  ASSERT_GT(loud.feed_forward, kLargestHalf);

  const auto run = [&](WeightSource& weights) {
    const test::WholeTransformer loud_transformer(config, weights);
    return loud_transformer.forward(
        latents, c.params.at("tau").get<float>(),
        loud_transformer.embed_caption(features, latents.size(1), latents.size(2)));
  };
  const at::Tensor expected = run(loud_wide);
  const at::Tensor actual = run(loud_narrow);
  ASSERT_TRUE(std::isfinite(at::sum(actual).item().toDouble()));
  // Float16 has three bits more than bfloat16.
  EXPECT_LE(test::relative_l2(actual, expected), 2 * group.bfloat16_relative_l2 / 8);
}

TEST_P(HalfRange, ATextEncoderWhoseResidualPassesItIsAsInFloat32) {
  const test::FixtureGroup group = test::load_group(GetParam(), "text_encoder");
  const FixtureCase& c = group.at(group.bfloat16_case);
  const auto ids = test::token_ids(c.inputs.at("ids"));
  OpenModel wide(GetParam());
  OpenModel narrow(GetParam(), at::kHalf);
  const auto run = [&](OpenModel& model, double factor) {
    LoudWeights weights(model.text_encoder, {{"mlp.down_proj.weight", factor}});
    const test::WholeTextEncoder encoder(model.folder.text_encoder, weights);
    return encoder.forward(ids, weights);
  };
  const double quiet = largest(run(wide, 1));
  const double factor = power_of_two(8 * kLargestHalf / quiet);
  const at::Tensor expected = run(wide, factor);
  ASSERT_GT(largest(expected), kLargestHalf);
  const at::Tensor actual = run(narrow, factor);
  EXPECT_EQ(actual.scalar_type(), at::kFloat);
  ASSERT_TRUE(std::isfinite(at::sum(actual).item().toDouble()));
  EXPECT_LE(test::relative_l2(actual, expected), 2 * group.bfloat16_relative_l2 / 8);
}

}  // namespace
}  // namespace headroom
