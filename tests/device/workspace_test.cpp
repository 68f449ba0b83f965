#include "headroom/device/workspace.h"

#include "headroom/device/cpu_budget.h"

#include <cstdint>
#include <functional>
#include <string>
#include <tuple>

#include <ATen/Parallel.h>
#include <ATen/cpu/Utils.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mkldnn_convolution.h>
#include <ATen/ops/native_layer_norm.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

// The declared terms beside what this libtorch takes. A failure after an update of libtorch means
// that an operation allocates otherwise than before: correct src/device/workspace.cpp.
class Workspace : public ::testing::TestWithParam<std::tuple<int, at::ScalarType>> {
 protected:
  void SetUp() override {
    cpu_budget::install();
    cpu_budget::set_limit(0);
    at::set_num_threads(std::get<0>(GetParam()));
  }
  void TearDown() override { at::set_num_threads(1); }

  [[nodiscard]] static at::ScalarType dtype() { return std::get<1>(GetParam()); }
  [[nodiscard]] static at::Tensor tensor(at::IntArrayRef shape) {
    return at::ones(shape, at::TensorOptions(dtype()));
  }
  [[nodiscard]] static at::Tensor channels_last(at::IntArrayRef shape) {
    return tensor(shape).contiguous(at::MemoryFormat::ChannelsLast);
  }
  [[nodiscard]] static bool processor_has(const char* name) {
    const auto capabilities = at::cpu::get_cpu_capabilities();
    const auto found = capabilities.find(name);
    return found != capabilities.end() && found->second.isBool() && found->second.toBool();
  }
  // Processors with matrix units choose other kernels; there `headroom calibrate` measures.
  [[nodiscard]] static bool is_measured_here() {
    return dtype() == at::kFloat || !processor_has("amx_tile");
  }

  // What `run` takes besides its result.
  static std::int64_t measure(const std::function<at::Tensor()>& run) {
    static_cast<void>(run());  // libraries set themselves up once
    cpu_budget::reset_peak();
    const std::int64_t before = cpu_budget::use().total();
    const at::Tensor result = run();
    return cpu_budget::use().peak - before -
           cpu_budget::rounded(static_cast<std::int64_t>(result.nbytes()));
  }

  static void expect_declared(std::int64_t declared, const std::function<at::Tensor()>& run,
                              const std::string& what) {
    const std::int64_t measured = measure(run);
    EXPECT_LE(std::abs(declared - measured), 1024)
        << what << ": declared " << declared << ", measured " << measured;
  }

  const c10::InferenceMode inference_;
};
using Dtype = c10::ScalarType;
const auto kThreads = ::testing::Values(1, 2, 3, 4, 8);
const auto name_of = [](const ::testing::TestParamInfo<std::tuple<int, Dtype>>& p) {
  return std::string(c10::toString(std::get<1>(p.param))) + std::to_string(std::get<0>(p.param));
};
INSTANTIATE_TEST_SUITE_P(Threads, Workspace,
                         ::testing::Combine(kThreads, ::testing::Values(at::kFloat, at::kBFloat16,
                                                                        at::kHalf)),
                         name_of);
// No convolution runs in float16, see choose_formats().
class ConvolutionWorkspace : public Workspace {};
INSTANTIATE_TEST_SUITE_P(Threads, ConvolutionWorkspace,
                         ::testing::Combine(kThreads, ::testing::Values(at::kFloat, at::kBFloat16)),
                         name_of);

TEST_P(Workspace, Linear) {
  if (!is_measured_here()) GTEST_SKIP() << "not known for this processor";
  // Few rows and many, of every divisibility; weights with tails in both directions, deep ones too.
  const std::int64_t shapes[][3] = {
      {1, 256, 1024},  {1, 40, 96},     {1, 48, 112},     {7, 48, 48},      {20, 40, 96},
      {32, 64, 64},    {33, 64, 64},    {64, 64, 192},    {66, 72, 128},    {96, 48, 112},
      {300, 64, 170},  {320, 72, 72},   {512, 192, 72},   {577, 64, 170},   {1000, 72, 192},
      {1021, 16, 16},  {1056, 256, 64}, {1088, 192, 256}, {2080, 64, 64},   {96, 2560, 64},
      {100, 1024, 64}, {16, 513, 256},  {1, 3840, 256},   {256, 3840, 256}, {4128, 64, 192}};
  for (const auto& [rows, in, out] : shapes) {
    const at::Tensor x = tensor({rows, in}), w = tensor({out, in}), b = tensor({out});
    const std::string what =
        "linear " + std::to_string(rows) + " " + std::to_string(in) + " " + std::to_string(out);
    const std::int64_t declared = workspace::declared(workspace::Linear{rows, in, out, dtype()});
    expect_declared(
        declared, [&] { return at::linear(x, w); }, what);
    expect_declared(
        declared, [&] { return at::linear(x, w, b); }, what + " with bias");
  }
}

TEST_P(Workspace, Attention) {
  if (!is_measured_here()) GTEST_SKIP() << "not known for this processor";
  const std::int64_t shapes[][4] = {{1, 1, 1, 16},     {20, 20, 4, 16},     {64, 64, 6, 12},
                                    {191, 191, 4, 32}, {192, 192, 4, 32},   {700, 700, 2, 64},
                                    {768, 768, 4, 64}, {1100, 1100, 1, 96}, {64, 1056, 4, 16},
                                    {256, 513, 6, 12}, {31, 33, 1, 512}};
  for (const auto& [queries, keys, heads, head_dim] : shapes) {
    const at::Tensor q = tensor({1, queries, heads, head_dim}).transpose(1, 2);
    const at::Tensor k = tensor({1, keys, heads, head_dim}).transpose(1, 2);
    for (const bool causal : {false, true}) {
      if (causal && queries != keys) continue;
      expect_declared(
          workspace::declared(workspace::Attention{queries, keys, heads, head_dim, dtype()}),
          [&] {
            return std::get<0>(
                at::_scaled_dot_product_flash_attention_for_cpu(q, k, k, 0.0, causal));
          },
          "attention of " + std::to_string(queries) + " tokens");
    }
  }
}

TEST_P(ConvolutionWorkspace, IsDeclared) {
  if (!is_measured_here()) GTEST_SKIP() << "not known for this processor";
  if (dtype() == at::kBFloat16 && !processor_has("avx512_bw")) {
    GTEST_SKIP() << "this processor has no convolution in bfloat16";
  }
  struct Shape {
    std::int64_t in, out, kernel, stride, height, width;
  };
  // Of pictures with fewer rows than about ten the kernel blocks its output channels by 64 at
  // times; those few KiB are left out.
  const Shape shapes[] = {
      {16, 32, 3, 1, 8, 8},     {16, 32, 3, 1, 64, 48},   {32, 32, 3, 1, 33, 17},
      {32, 16, 3, 1, 64, 64},   {16, 3, 3, 1, 64, 64},    {3, 16, 3, 1, 64, 64},
      {16, 32, 1, 1, 64, 64},   {16, 16, 3, 2, 65, 65},   {8, 8, 3, 1, 64, 64},
      {4, 8, 3, 1, 32, 32},     {96, 96, 3, 1, 16, 16},   {96, 64, 3, 1, 64, 64},
      {32, 48, 3, 1, 32, 32},   {48, 32, 3, 1, 96, 96},   {64, 48, 1, 1, 16, 16},
      {16, 8, 1, 1, 64, 64},    {8, 3, 3, 1, 128, 128},   {16, 16, 1, 1, 4, 4},
      {128, 128, 3, 1, 32, 32}, {512, 256, 1, 1, 32, 32}, {256, 128, 3, 1, 64, 64}};
  for (const Shape& s : shapes) {
    const at::Tensor x = channels_last({1, s.in, s.height, s.width});
    const at::Tensor w = channels_last({s.out, s.in, s.kernel, s.kernel});
    const at::Tensor b = tensor({s.out});
    const std::int64_t pad[] = {s.stride == 1 ? s.kernel / 2 : 0, s.stride == 1 ? s.kernel / 2 : 0};
    const std::int64_t stride[] = {s.stride, s.stride};
    const std::int64_t one[] = {1, 1};
    const auto out_pixels = [&](std::int64_t n) {
      return (n + 2 * pad[0] - s.kernel) / s.stride + 1;
    };
    expect_declared(
        workspace::declared(workspace::Convolution{s.in, s.out, s.kernel, s.height * s.width,
                                                   out_pixels(s.height) * out_pixels(s.width),
                                                   dtype()}),
        [&] { return at::mkldnn_convolution(x, w, b, pad, stride, one, 1); },
        "conv " + std::to_string(s.in) + " to " + std::to_string(s.out) + ", kernel " +
            std::to_string(s.kernel) + ", " + std::to_string(s.height) + " rows");
  }
}

TEST_P(Workspace, LayerNorm) {
  for (const std::int64_t rows : {1, 300, 4128}) {
    const at::Tensor x = tensor({rows, 64});
    expect_declared(
        2 * cpu_budget::rounded(workspace::layer_norm_statistic(rows, dtype())),
        [&] { return std::get<0>(at::native_layer_norm(x, {64}, {}, {}, 1e-6)); },
        "LayerNorm of " + std::to_string(rows) + " rows");
  }
}

// What calibration finds missing is added, on this thread and as long as the scope lives.
TEST(WorkspaceTerms, AreAddedToWhatIsDeclared) {
  const workspace::Linear linear{1056, 64, 192, at::kFloat};
  const workspace::Attention attention{64, 96, 4, 16, at::kFloat};
  const workspace::Convolution convolution{16, 32, 3, 64, 64, at::kFloat};
  // Inputs, weights, result: 4 bytes each.
  EXPECT_EQ(workspace::operation_bytes(linear), 4 * (1056 * 64 + 64 * 192 + 1056 * 192));
  EXPECT_EQ(workspace::operation_bytes(attention), 4 * (64 + 96 + 96 + 64) * 4 * 16);
  EXPECT_EQ(workspace::operation_bytes(convolution), 4 * (16 * 64 + 32 * 64 + 16 * 32 * 9));
  EXPECT_EQ(workspace::predicted(linear), workspace::declared(linear));
  {
    const workspace::ScopedKernels kernels(
        /*card=*/false,
        {.linear = {1000, 0}, .attention = {0, 0.25}, .conv2d = {7, 2}, .kept_bytes = 0});
    EXPECT_EQ(workspace::predicted(linear), workspace::declared(linear) + 1000);
    EXPECT_EQ(workspace::predicted(attention),
              workspace::declared(attention) + workspace::operation_bytes(attention) / 4);
    EXPECT_EQ(workspace::predicted(convolution),
              workspace::declared(convolution) + 7 + 2 * workspace::operation_bytes(convolution));
  }
  EXPECT_EQ(workspace::predicted(linear), workspace::declared(linear));
}

}  // namespace
}  // namespace headroom
