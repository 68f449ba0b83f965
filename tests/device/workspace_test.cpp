#include "headroom/device/workspace.h"

#include "headroom/device/cpu_budget.h"

#include <cstdint>
#include <functional>
#include <string>

#include <ATen/Parallel.h>
#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mkldnn_convolution.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

// The declared terms beside what this libtorch takes. A failure after an update of libtorch means
// that an operation allocates otherwise than before: correct src/device/workspace.cpp.
class Workspace : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    cpu_budget::install();
    cpu_budget::set_limit(0);
    at::set_num_threads(GetParam());
  }
  void TearDown() override { at::set_num_threads(1); }

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
INSTANTIATE_TEST_SUITE_P(Threads, Workspace, ::testing::Values(1, 2, 3, 8),
                         [](const auto& p) { return std::to_string(p.param); });

at::Tensor tensor(at::IntArrayRef shape) { return at::ones(shape, at::TensorOptions(at::kFloat)); }
at::Tensor channels_last(at::IntArrayRef shape) {
  return tensor(shape).contiguous(at::MemoryFormat::ChannelsLast);
}

TEST_P(Workspace, Linear) {
  const std::int64_t shapes[][3] = {{1, 256, 1024}, {32, 64, 64}, {300, 64, 170}, {1000, 72, 192}};
  for (const auto& [rows, in, out] : shapes) {
    const at::Tensor x = tensor({rows, in}), w = tensor({out, in}), b = tensor({out});
    const std::string what =
        "linear " + std::to_string(rows) + " " + std::to_string(in) + " " + std::to_string(out);
    const std::int64_t declared = workspace::linear(rows, in, out, 4);
    expect_declared(
        declared, [&] { return at::linear(x, w); }, what);
    expect_declared(
        declared, [&] { return at::linear(x, w, b); }, what + " with bias");
  }
}

TEST_P(Workspace, Attention) {
  const std::int64_t shapes[][4] = {{1, 1, 1, 16},     {20, 20, 4, 16},    {64, 64, 6, 12},
                                    {191, 191, 4, 32}, {192, 192, 4, 32},  {700, 700, 2, 64},
                                    {768, 768, 4, 64}, {1100, 1100, 1, 96}};
  for (const auto& [queries, keys, heads, head_dim] : shapes) {
    const at::Tensor q = tensor({1, queries, heads, head_dim}).transpose(1, 2);
    const at::Tensor k = tensor({1, keys, heads, head_dim}).transpose(1, 2);
    for (const bool causal : {false, true}) {
      expect_declared(
          workspace::attention(queries, keys, heads, head_dim, 4),
          [&] {
            return std::get<0>(
                at::_scaled_dot_product_flash_attention_for_cpu(q, k, k, 0.0, causal));
          },
          "attention of " + std::to_string(queries) + " tokens");
    }
  }
}

TEST_P(Workspace, Convolution) {
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
    expect_declared(
        workspace::conv2d(s.in, s.out, s.kernel, 4),
        [&] { return at::mkldnn_convolution(x, w, b, pad, stride, one, 1); },
        "conv " + std::to_string(s.in) + " to " + std::to_string(s.out) + ", kernel " +
            std::to_string(s.kernel) + ", " + std::to_string(s.height) + " rows");
  }
}

}  // namespace
}  // namespace headroom
