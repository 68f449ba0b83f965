#include "headroom/model/ops.h"

#include "headroom/device/allocation_recorder.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/device/workspace.h"
#include "headroom/memory/allocator_model.h"

#include "support/fixture.h"

#include <cmath>
#include <functional>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

at::Tensor draw(at::IntArrayRef shape) {
  static auto generator = at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{5});
  return at::randn(shape, generator, at::TensorOptions(at::kFloat));
}

double at_index(const at::Tensor& x, std::int64_t flat) {
  return static_cast<double>(x.const_data_ptr<float>()[flat]);
}

class Ops : public ::testing::Test {
 protected:
  const c10::InferenceMode inference_;
};

TEST_F(Ops, RmsNormDividesByTheRootMeanSquare) {
  const at::Tensor x = draw({3, 8});
  const at::Tensor weight = draw({8});
  constexpr double kEps = 0.25;
  at::Tensor expected = at::empty({3, 8}, at::TensorOptions(at::kFloat));
  for (std::int64_t row = 0; row < 3; ++row) {
    double squares = 0;
    for (std::int64_t i = 0; i < 8; ++i) squares += std::pow(at_index(x, row * 8 + i), 2);
    for (std::int64_t i = 0; i < 8; ++i) {
      expected.mutable_data_ptr<float>()[row * 8 + i] = static_cast<float>(
          at_index(x, row * 8 + i) / std::sqrt(squares / 8 + kEps) * at_index(weight, i));
    }
  }
  const at::Tensor before = x.clone();
  EXPECT_TRUE(test::within(rms_norm(x, weight, kEps), expected, 1e-6));
  EXPECT_TRUE(test::same_bits(x, before));
  EXPECT_TRUE(test::within(rms_norm_consuming(x.clone(), weight, kEps), expected, 1e-6));
  // A 16-bit input keeps its format and is reduced in float32.
  const at::Tensor narrow = rms_norm(x.to(at::kBFloat16), weight, kEps);
  EXPECT_EQ(narrow.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(test::within(narrow, expected, 0.05));
}

at::Tensor attention_by_hand(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                             bool causal) {
  const std::int64_t tokens = q.size(0), heads = q.size(1), hd = q.size(2), keys = k.size(0);
  const std::int64_t group = heads / k.size(1);
  at::Tensor out = at::empty({tokens, heads * hd}, at::TensorOptions(at::kFloat));
  for (std::int64_t t = 0; t < tokens; ++t) {
    for (std::int64_t h = 0; h < heads; ++h) {
      const std::int64_t last = causal ? t + 1 : keys;
      std::vector<double> weights;
      double sum = 0;
      for (std::int64_t s = 0; s < last; ++s) {
        double dot = 0;
        for (std::int64_t i = 0; i < hd; ++i) {
          dot += at_index(q, (t * heads + h) * hd + i) *
                 at_index(k, (s * k.size(1) + h / group) * hd + i);
        }
        weights.push_back(std::exp(dot / std::sqrt(static_cast<double>(hd))));
        sum += weights.back();
      }
      for (std::int64_t i = 0; i < hd; ++i) {
        double value = 0;
        for (std::int64_t s = 0; s < last; ++s) {
          value += weights[static_cast<std::size_t>(s)] / sum *
                   at_index(v, (s * k.size(1) + h / group) * hd + i);
        }
        out.mutable_data_ptr<float>()[(t * heads + h) * hd + i] = static_cast<float>(value);
      }
    }
  }
  return out;
}

TEST_F(Ops, AttentionIsSoftmaxOfScaledProducts) {
  const at::Tensor q = draw({5, 4, 16}), k = draw({5, 2, 16}), v = draw({5, 2, 16});
  for (const bool causal : {false, true}) {
    EXPECT_TRUE(test::within(attention(q, k, v, causal), attention_by_hand(q, k, v, causal), 1e-5))
        << "causal " << causal;
  }
  const at::Tensor many = draw({7, 2, 16});  // more keys than queries
  const at::Tensor few = q.narrow(1, 0, 2).narrow(0, 0, 3).contiguous();
  EXPECT_TRUE(test::within(attention(few, many, many, false),
                           attention_by_hand(few, many, many, false), 1e-5));
}

TEST_F(Ops, ConvolutionsOfTinyPicturesAreRight) {
  // A 1x1 picture: a 3x3 kernel with padding sees only its centre.
  const at::Tensor x = draw({1, 4, 1, 1}).contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor plain = draw({2, 4, 3, 3});
  const at::Tensor weight = plain.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor bias = draw({2});
  const at::Tensor out = conv2d(x, weight, bias, 1, 1).contiguous();
  ASSERT_EQ(out.sizes(), (at::IntArrayRef{1, 2, 1, 1}));
  for (std::int64_t o = 0; o < 2; ++o) {
    double sum = at_index(bias, o);
    for (std::int64_t c = 0; c < 4; ++c) {
      sum += at_index(x, c) * at_index(plain, (o * 4 + c) * 9 + 4);
    }
    EXPECT_NEAR(at_index(out, o), sum, 1e-5);
  }
}

// What a replay sees of an operation is what it takes.
class OpsMemory : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    cpu_budget::install();
    at::set_num_threads(GetParam());
  }

  using Run = std::function<at::Tensor(const std::vector<at::Tensor>&)>;

  // Peak above the inputs, and what is left, of the real operation and of its replay.
  static void expect_same(const std::string& name, const std::vector<at::Tensor>& inputs,
                          const Run& run) {
    static_cast<void>(run(inputs));  // libraries set themselves up once
    cpu_budget::reset_peak();
    const std::int64_t before = cpu_budget::use().total();
    { const at::Tensor out = run(inputs); }
    const std::int64_t real = cpu_budget::use().peak - before;
    EXPECT_EQ(cpu_budget::use().total(), before) << name << " keeps memory";

    std::vector<at::Tensor> meta;
    for (const at::Tensor& x : inputs) meta.push_back(x.to(at::kMeta));
    AllocationTrace allocations;
    {
      const AllocationRecorder recording(allocations);
      const at::Tensor out = run(meta);
    }
    const std::int64_t predicted = replay_cpu_budget(allocations).peak_bytes;
    EXPECT_NEAR(static_cast<double>(predicted), static_cast<double>(real), 1024) << name;
  }

  const c10::InferenceMode inference_;
};
INSTANTIATE_TEST_SUITE_P(Threads, OpsMemory, ::testing::Values(1, 2));

TEST_P(OpsMemory, AReplaySeesWhatAnOperationTakes) {
  const auto last = [](const at::Tensor& x) {
    return x.contiguous(at::MemoryFormat::ChannelsLast);
  };
  const auto t = [](std::vector<std::int64_t> shape) { return draw(shape); };
  expect_same("linear", {t({300, 64}), t({170, 64}), t({170})},
              [](const auto& x) { return linear(x[0], x[1], x[2]); });
  expect_same("rms_norm", {t({300, 64}), t({64})},
              [](const auto& x) { return rms_norm(x[0], x[1], 1e-5); });
  expect_same("layer_norm", {t({3000, 64})}, [](const auto& x) { return layer_norm(x[0], 1e-6); });
  for (const std::int64_t tokens : {20, 200, 1000}) {
    expect_same("attention " + std::to_string(tokens),
                {t({tokens, 4, 32}), t({tokens, 4, 32}), t({tokens, 4, 32})},
                [](const auto& x) { return attention(x[0], x[1], x[2], false); });
  }
  expect_same("grouped attention", {t({64, 4, 16}), t({64, 2, 16}), t({64, 2, 16})},
              [](const auto& x) { return attention(x[0], x[1], x[2], true); });
  expect_same("conv2d", {last(t({1, 16, 40, 24})), last(t({32, 16, 3, 3})), t({32})},
              [](const auto& x) { return conv2d(x[0], x[1], x[2], 1, 1); });
  expect_same("conv2d stride 2", {last(t({1, 16, 41, 25})), last(t({32, 16, 3, 3})), t({32})},
              [](const auto& x) { return conv2d(x[0], x[1], x[2], 2, 0); });
  expect_same("conv2d 1x1", {last(t({1, 16, 40, 24})), last(t({32, 16, 1, 1})), t({32})},
              [](const auto& x) { return conv2d(x[0], x[1], x[2], 1, 0); });
  expect_same("group_norm", {last(t({1, 32, 40, 24})), t({32}), t({32})},
              [](const auto& x) { return group_norm(x[0], 8, x[1], x[2], true); });
  const at::Tensor cos = draw({64, 8}), sin = draw({64, 8});
  expect_same("rotate_halves", {draw({64, 4, 16}), cos, sin},
              [](const auto& x) { return rotate_halves(x[0], x[1], x[2]); });
  expect_same("rotate_pairs", {draw({64, 4, 16}), draw({64, 8}).to(at::kComplexFloat)},
              [](const auto& x) { return rotate_pairs(x[0], x[1]); });
}

// A quantised weight is unpacked into the input's format for its product, and no longer.
TEST_F(Ops, AReplayUnpacksAQuantizedWeightBesideIt) {
  AllocationTrace allocations;
  {
    AllocationRecorder recording(allocations);
    const auto on_meta = at::TensorOptions(at::kMeta);
    const at::Tensor x = at::empty({100, 64}, on_meta.dtype(at::kBFloat16));
    const at::Tensor weight = at::empty({320, 36}, on_meta.dtype(at::kByte));  // 4 bits a value
    const at::Tensor out = linear(x, weight);
    EXPECT_EQ(out.sizes(), (at::IntArrayRef{100, 320}));
    EXPECT_EQ(out.scalar_type(), at::kBFloat16);
    recording.mark(Stage::kSave);
    static_cast<void>(out);
  }
  const TracePeaks peaks = replay_cpu_budget(allocations);
  const std::int64_t product =
      workspace::predicted(workspace::Linear{100, 64, 320, at::kBFloat16}, {});
  EXPECT_EQ(peaks.stages[0].workspace_bytes, 320 * 64 * 2 + cpu_budget::rounded(product));
  EXPECT_EQ(peaks.stages[0].activation_bytes, (100 * 64 + 100 * 320) * 2 + 320 * 36);
  EXPECT_EQ(peaks.stages[static_cast<std::size_t>(Stage::kSave)].workspace_bytes, 0);
}

}  // namespace
}  // namespace headroom
