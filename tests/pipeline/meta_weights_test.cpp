#include "headroom/pipeline/meta_weights.h"

#include "headroom/device/cpu_budget.h"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(MetaWeights, HaveShapesAndNoMemory) {
  cpu_budget::install();
  MetaWeights source(at::kBFloat16);
  const std::int64_t before = cpu_budget::use().total();
  const at::Tensor x = source.get("anything", {1 << 20, 1 << 20});
  EXPECT_TRUE(x.is_meta());
  EXPECT_EQ(x.scalar_type(), at::kBFloat16);
  const std::vector<std::int32_t> ids{1, 2, 3};
  EXPECT_EQ(source.gather_rows("anything", ids, 10, 7).sizes(), (at::IntArrayRef{3, 7}));
  EXPECT_EQ(cpu_budget::use().total(), before);
}

TEST(MetaWeights, QuantizeTheMatricesOfLayersAndNothingElse) {
  // Q8_0: 34 bytes for 32 values. Q4_K: 144 bytes for 256; Q4_0: 18 bytes for 32.
  MetaWeights int8(at::kBFloat16, WeightStorage::kQ8_0);
  MetaWeights q4(at::kBFloat16, WeightStorage::kQ4);
  const auto bytes = [](MetaWeights& source, const char* name, std::vector<std::int64_t> shape) {
    const at::Tensor x = source.get(name, shape);
    return x.numel() * static_cast<std::int64_t>(x.element_size());
  };
  EXPECT_EQ(bytes(int8, "layers.0.attention.to_q.weight", {7, 3840}), 7 * 120 * 34);
  EXPECT_EQ(bytes(q4, "layers.29.attention.to_q.weight", {7, 3840}), 7 * 15 * 144);
  EXPECT_EQ(bytes(q4, "layers.3.mlp.down_proj.weight", {7, 288}), 7 * 9 * 18);
  EXPECT_EQ(q4.get("layers.0.attention.to_q.weight", {7, 3840}).scalar_type(), at::kByte);
  EXPECT_EQ(q4.options().dtype(), at::kBFloat16);
  for (const char* plain :
       {"noise_refiner.0.attention.to_q.weight", "context_refiner.1.feed_forward.w1.weight",
        "t_embedder.mlp.0.weight", "cap_embedder.1.weight", "all_x_embedder.2-1.weight",
        "all_final_layer.2-1.linear.weight", "x_pad_token"}) {
    EXPECT_EQ(bytes(q4, plain, {8, 256}), 8 * 256 * 2) << plain;
  }
  EXPECT_EQ(bytes(q4, "layers.0.attention_norm1.weight", {3840}), 3840 * 2);
  EXPECT_EQ(bytes(q4, "layers.0.mlp.down_proj.weight", {7, 48}), 7 * 48 * 2);  // half a block over
}

}  // namespace
}  // namespace headroom
