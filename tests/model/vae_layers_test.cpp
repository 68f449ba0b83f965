// Layers whose results are known without arithmetic, by weights of zeros and ones.
#include "headroom/model/vae_layers.h"

#include "headroom/core/error.h"

#include "support/fixture.h"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

namespace headroom::test {
namespace {

// Zeros for every name, and what is put in the place of some. Remembers what was asked for.
class Zeros final : public WeightSource {
 public:
  at::Tensor get(std::string_view name, at::IntArrayRef shape) override {
    asked.emplace_back(name);
    const auto found = instead.find(name);
    return found != instead.end() ? found->second : at::zeros(shape);
  }
  void read(std::string_view, const at::Tensor&) override { FAIL() << "nothing is read anew"; }
  at::Tensor gather_rows(std::string_view, std::span<const std::int32_t>, std::int64_t,
                         std::int64_t) override {
    throw Error(ErrorKind::kInternal, "a VAE has no table");
  }
  [[nodiscard]] at::TensorOptions options() const override { return at::kFloat; }
  std::map<std::string, at::Tensor, std::less<>> instead;
  std::vector<std::string> asked;
};

class VaeLayers : public ::testing::Test {
 protected:
  // 0, 1, 2, ... [1, C, H, W]
  static at::Tensor counting(std::int64_t channels, std::int64_t height, std::int64_t width) {
    return at::arange(channels * height * width, at::kFloat)
        .view({1, channels, height, width})
        .contiguous(at::MemoryFormat::ChannelsLast);
  }
  const c10::InferenceMode inference_;
  Zeros weights_;
};

TEST_F(VaeLayers, AConvolutionKeepsTheSidesOrHalvesThem) {
  // Each pixel is the sum of those around it and itself, with zeros beyond the edge.
  weights_.instead["conv.weight"] = at::ones({1, 1, 3, 3});
  const VaeConv conv = load_conv(weights_, "conv", 1, 1, 3);
  EXPECT_TRUE(conv.weight.is_contiguous(at::MemoryFormat::ChannelsLast));
  const at::Tensor x = counting(1, 4, 4);
  const at::Tensor same = run_conv(conv, x);
  ASSERT_EQ(same.sizes(), x.sizes());
  EXPECT_EQ(same[0][0][0][0].item().toDouble(), 0 + 1 + 4 + 5);
  EXPECT_EQ(same[0][0][1][1].item().toDouble(), 0 + 1 + 2 + 4 + 5 + 6 + 8 + 9 + 10);
  const at::Tensor half = run_conv(conv, x, /*stride=*/2);
  ASSERT_EQ(half.sizes(), (std::vector<std::int64_t>{1, 1, 2, 2}));
  EXPECT_EQ(half[0][0][1][1].item().toDouble(), 5 + 6 + 7 + 9 + 10 + 11 + 13 + 14 + 15);
}

TEST_F(VaeLayers, AResnetThatAddsNothingIsTheIdentity) {
  const VaeResnet resnet = load_resnet(weights_, "block", 4, 4);
  EXPECT_FALSE(resnet.conv_shortcut.weight.defined()) << "the channels stay";
  const at::Tensor x = counting(4, 3, 5);
  EXPECT_TRUE(same_bits(run_resnet(resnet, x.clone(), /*groups=*/2), x));
}

TEST_F(VaeLayers, WithOtherChannelsAResnetAddsToItsShortcut) {
  // The shortcut takes the first channel twice; the last convolution adds its bias of 7.
  at::Tensor first_twice = at::zeros({2, 4, 1, 1});
  first_twice[0][0][0][0] = 1;
  first_twice[1][0][0][0] = 1;
  weights_.instead["block.conv_shortcut.weight"] = first_twice;
  weights_.instead["block.conv2.bias"] = at::full({2}, 7.0);
  const VaeResnet resnet = load_resnet(weights_, "block", 4, 2);
  const at::Tensor x = counting(4, 2, 2);
  const at::Tensor y = run_resnet(resnet, x.clone(), /*groups=*/2);
  ASSERT_EQ(y.sizes(), (std::vector<std::int64_t>{1, 2, 2, 2}));
  for (std::int64_t channel = 0; channel < 2; ++channel)
    EXPECT_EQ(y[0][channel][1][0].item().toDouble(), 2 + 7);
}

TEST_F(VaeLayers, TheMidBlockStopsBetweenItsPartsAndNeedsNoAttention) {
  for (const bool has_attention : {true, false}) {
    const VaeMid mid = load_mid(weights_, "mid", 4, has_attention);
    const at::Tensor x = counting(4, 3, 3);
    int stops = 0;
    EXPECT_TRUE(same_bits(run_mid(mid, x.clone(), /*groups=*/2, [&] { ++stops; }), x));
    EXPECT_EQ(stops, 2);
    const auto cancel = [] { throw Cancelled{}; };
    EXPECT_THROW(static_cast<void>(run_mid(mid, x.clone(), 2, cancel)), Cancelled);
  }
}

TEST_F(VaeLayers, WeightsHaveTheNamesOfDiffusersFiles) {
  static_cast<void>(load_mid(weights_, "decoder.mid_block", 4, true));
  for (const char* const name :
       {"decoder.mid_block.resnets.0.norm1.weight", "decoder.mid_block.resnets.1.conv2.bias",
        "decoder.mid_block.attentions.0.group_norm.weight",
        "decoder.mid_block.attentions.0.to_q.weight",
        "decoder.mid_block.attentions.0.to_out.0.bias"}) {
    EXPECT_THAT(weights_.asked, ::testing::Contains(name));
  }
}

}  // namespace
}  // namespace headroom::test
