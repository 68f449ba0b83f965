// What each operation of the networks takes on the CPU, beside what it says on meta tensors.

#include "headroom/device/allocation_recorder.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/device/workspace.h"
#include "headroom/memory/allocator_model.h"
#include "headroom/model/linear_weight.h"
#include "headroom/model/ops.h"

#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using Make = std::function<at::Tensor(at::IntArrayRef shape, at::ScalarType dtype)>;

enum class Formats { kAll, kDecoder, kFloat32 };  // the decoder is never in float16

struct Op {
  std::string name;
  Formats formats = Formats::kAll;
  // From inputs that `make` makes to what runs the operation; inputs are not part of its peak.
  std::function<std::function<at::Tensor()>(const Make& make, at::ScalarType dtype)> prepare;
};

at::Tensor channels_last(const at::Tensor& x) {
  return x.contiguous(at::MemoryFormat::ChannelsLast);
}

std::vector<Op> ops() {
  return {
      {"linear", Formats::kAll,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [x = make({352, 72}, d), w = make({192, 72}, d)] { return linear(x, w); };
       }},
      {"linear in eight bits", Formats::kFloat32,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         const at::Tensor x = make({352, 72}, d);
         const LinearWeight w = LinearWeight::int8(192, 72, 4, x.device());
         if (x.is_cpu()) w.load_codes(at::ones({192, 72}, at::kChar), at::ones({192}, at::kFloat));
         return [x, w] { return w.apply(x); };
       }},
      {"linear with an update beside it", Formats::kAll,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         auto update = std::make_shared<LinearUpdate>();
         update->down = make({9, 72}, d);
         update->up = make({9, 192}, d);
         const LinearWeight w = LinearWeight(make({192, 72}, d)).updated(std::move(update));
         return [x = make({352, 72}, d), w] { return w.apply(x); };
       }},
      {"linear with a Kronecker product beside it", Formats::kAll,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         auto update = std::make_shared<LinearUpdate>();
         update->kroneckers = {{make({4, 6}, d), make({48, 12}, d)},
                               {make({1, 1}, d), make({192, 72}, d)}};
         const LinearWeight w = LinearWeight(make({192, 72}, d)).updated(std::move(update));
         return [x = make({352, 72}, d), w] { return w.apply(x); };
       }},
      {"rms_norm", Formats::kAll,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [x = make({352, 72}, d), w = make({72}, d)] { return rms_norm(x, w, 1e-5); };
       }},
      {"rms_norm_consuming", Formats::kAll,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [x = make({352, 4, 18}, d), w = make({18}, d)] {
           return rms_norm_consuming(x, w, 1e-5);
         };
       }},
      {"layer_norm", Formats::kAll,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [x = make({1024, 72}, d)] { return layer_norm(x, 1e-6); };
       }},
      {"attention", Formats::kAll,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [q = make({352, 6, 12}, d), k = make({352, 6, 12}, d)] {
           return attention(q, k, k, /*causal=*/false);
         };
       }},
      {"attention with grouped heads", Formats::kAll,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [q = make({37, 6, 8}, d), k = make({37, 3, 8}, d)] {
           return attention(q, k, k, /*causal=*/true);
         };
       }},
      {"rotate_pairs", Formats::kAll,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [x = make({352, 6, 12}, d), r = make({352, 6}, at::kComplexFloat)] {
           return rotate_pairs(x, r);
         };
       }},
      {"rotate_halves", Formats::kAll,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [x = make({64, 6, 12}, d), c = make({64, 6}, at::kFloat)] {
           return rotate_halves(x, c, c);
         };
       }},
      {"silu and its product", Formats::kAll,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [x = make({352, 192}, d), y = make({352, 192}, d)] {
           at::Tensor h = at::silu(x);
           return h.mul_(y);
         };
       }},
      {"conv2d", Formats::kDecoder,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [x = channels_last(make({1, 16, 48, 32}, d)),
                 w = channels_last(make({32, 16, 3, 3}, d)),
                 b = make({32}, d)] { return conv2d(x, w, b, 1, 1); };
       }},
      {"1x1 conv2d", Formats::kDecoder,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [x = channels_last(make({1, 32, 48, 32}, d)),
                 w = channels_last(make({16, 32, 1, 1}, d)),
                 b = make({16}, d)] { return conv2d(x, w, b, 1, 0); };
       }},
      {"conv2d of stride 2", Formats::kDecoder,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [x = channels_last(make({1, 16, 49, 33}, d)),
                 w = channels_last(make({16, 16, 3, 3}, d)),
                 b = make({16}, d)] { return conv2d(x, w, b, 2, 0); };
       }},
      {"group_norm", Formats::kDecoder,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [x = channels_last(make({1, 32, 48, 32}, d)), w = make({32}, d),
                 b = make({32}, d)] { return group_norm(x, 8, w, b, /*silu=*/true); };
       }},
      {"upsampling", Formats::kDecoder,
       [](const Make& make, at::ScalarType d) -> std::function<at::Tensor()> {
         return [x = channels_last(make({1, 32, 24, 32}, d))] {
           return at::upsample_nearest2d(x, {48, 64});
         };
       }},
  };
}

class OpMemory : public testing::TestWithParam<std::tuple<at::ScalarType, int>> {};

TEST_P(OpMemory, IsOnMetaWhatItIsOnTheCpu) {
  const auto [dtype, threads] = GetParam();
  const c10::InferenceMode inference;
  cpu_budget::install();
  cpu_budget::set_limit(0);
  at::set_num_threads(threads);
  for (const Op& op : ops()) {
    if (op.formats == Formats::kFloat32 && dtype != at::kFloat) continue;
    if (op.formats == Formats::kDecoder) {
      if (dtype == at::kHalf) continue;
      if (dtype == at::kBFloat16 && !workspace::cpu_convolves_bfloat16()) continue;
    }
    const auto run =
        op.prepare([](at::IntArrayRef shape,
                      at::ScalarType d) { return at::ones(shape, at::TensorOptions(d)); },
                   dtype);
    static_cast<void>(run());  // libraries set themselves up once
    cpu_budget::reset_peak();
    const std::int64_t before = cpu_budget::use().total();
    static_cast<void>(run());
    const std::int64_t actual = cpu_budget::use().peak - before;

    AllocationTrace allocations;
    {
      const auto meta = op.prepare(
          [](at::IntArrayRef shape, at::ScalarType d) {
            return at::empty(shape, at::TensorOptions(at::kMeta).dtype(d));
          },
          dtype);
      const AllocationRecorder recording(allocations);
      static_cast<void>(meta());
    }
    const std::int64_t predicted = replay_cpu_budget(allocations).peak_bytes;
    // A few scalars and, in 16 bits, a group norm's weights in float32 are left out.
    EXPECT_LE(std::abs(predicted - actual), 1024)
        << op.name << ": predicted " << predicted << ", taken " << actual;
  }
  at::set_num_threads(1);
}

// Shapes of every divisibility, few rows and many, tails in both directions: whatever kernels the
// libraries have for them on this processor, only the result counts, and all scratch goes back.
TEST_P(OpMemory, OnlyTheResultOfALibraryCounts) {
  const auto [dtype, threads] = GetParam();
  const c10::InferenceMode inference;
  cpu_budget::install();
  cpu_budget::set_limit(0);
  at::set_num_threads(threads);
  const auto make = [&dtype = dtype](at::IntArrayRef shape) {
    return at::ones(shape, at::TensorOptions(dtype));
  };
  const auto expect_result_only = [](const std::string& what, const auto& run) {
    cpu_budget::reset_peak();
    const cpu_budget::Use before = cpu_budget::use();
    const at::Tensor result = run();
    const cpu_budget::Use after = cpu_budget::use();
    const std::int64_t bytes = cpu_budget::rounded(static_cast<std::int64_t>(result.nbytes()));
    EXPECT_EQ(after.peak - before.total(), bytes) << what;
    EXPECT_EQ(after.total() - before.total(), bytes) << what;
    EXPECT_EQ(after.workspace, before.workspace) << what;
  };
  const std::int64_t products[][3] = {
      {1, 256, 1024}, {1, 40, 96},    {7, 48, 48},      {20, 40, 96},    {33, 64, 64},
      {66, 72, 128},  {300, 64, 170}, {1021, 16, 16},   {2080, 64, 64},  {96, 2560, 64},
      {16, 513, 256}, {1, 3840, 256}, {256, 3840, 256}, {4128, 64, 192}, {1000, 72, 192}};
  for (const auto& [rows, in, out] : products) {
    const at::Tensor x = make({rows, in}), w = make({out, in}), b = make({out});
    const std::string what =
        "linear " + std::to_string(rows) + " " + std::to_string(in) + " " + std::to_string(out);
    expect_result_only(what, [&] { return linear(x, w); });
    expect_result_only(what + " with bias", [&] { return linear(x, w, b); });
  }
  const std::int64_t attentions[][4] = {{1, 1, 1, 16},     {20, 20, 4, 16},   {191, 191, 4, 32},
                                        {700, 700, 2, 64}, {768, 768, 4, 64}, {64, 1056, 4, 16},
                                        {256, 513, 6, 12}, {31, 33, 1, 512}};
  for (const auto& [queries, keys, heads, head_dim] : attentions) {
    const at::Tensor q = make({queries, heads, head_dim}), k = make({keys, heads, head_dim});
    expect_result_only("attention of " + std::to_string(queries) + " on " + std::to_string(keys),
                       [&] { return attention(q, k, k, /*causal=*/false); });
  }
  if (dtype == at::kHalf || (dtype == at::kBFloat16 && !workspace::cpu_convolves_bfloat16()))
    return;
  const std::int64_t convolutions[][5] = {
      // in, out, kernel, height, width
      {16, 32, 3, 8, 8},   {32, 32, 3, 33, 17}, {16, 3, 3, 64, 64},    {3, 16, 3, 64, 64},
      {16, 32, 1, 64, 64}, {4, 8, 3, 32, 32},   {96, 64, 3, 64, 64},   {64, 48, 1, 16, 16},
      {8, 3, 3, 128, 128}, {16, 16, 1, 4, 4},   {512, 256, 1, 32, 32}, {256, 128, 3, 64, 64}};
  for (const auto& [in, out, kernel, height, width] : convolutions) {
    const at::Tensor x = channels_last(make({1, in, height, width}));
    const at::Tensor w = channels_last(make({out, in, kernel, kernel})), b = make({out});
    expect_result_only("conv2d " + std::to_string(in) + " to " + std::to_string(out),
                       [&] { return conv2d(x, w, b, /*stride=*/1, kernel / 2); });
  }
  at::set_num_threads(1);
}

INSTANTIATE_TEST_SUITE_P(Formats, OpMemory,
                         testing::Combine(testing::Values(at::kFloat, at::kBFloat16, at::kHalf),
                                          testing::Values(1, 2, 3, 4)),
                         [](const auto& p) {
                           return std::string(c10::toString(std::get<0>(p.param))) +
                                  std::to_string(std::get<1>(p.param));
                         });

}  // namespace
}  // namespace headroom
