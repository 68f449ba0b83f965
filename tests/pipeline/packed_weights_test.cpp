// Matrices that stay as their files quantise them: the same values, memory and pictures.

#include "headroom/pipeline/packed_weights.h"

#include "headroom/core/bytes.h"
#include "headroom/core/run_record.h"
#include "headroom/pipeline/opened_model.h"

#include "pipeline/run_support.h"
#include "request_costs.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/linear.h>
#include <ATen/ops/randn.h>
#include <c10/core/InferenceMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::quant_models;
using test::Runner;
using ::testing::Contains;
using ::testing::Not;

constexpr const char* kTransformers[] = {
    "gguf/z_image-Q4_K_M.gguf",
    "gguf/z_image-Q5_0.gguf",
    "gguf/z_image-Q8_0.gguf",
    "comfy/z_image_fp8_e4m3.safetensors",
    "comfy/z_image_fp8_scaled.safetensors",
    "comfy/z_image_int8.safetensors",
    "comfy/z_image_int8_convrot64_ctq.safetensors",
    "comfy/z_image_mixed.safetensors",
    "comfy/z_image_mxfp8.safetensors",
    "comfy/z_image_nvfp4.safetensors",
};

ModelPlaces places(const std::string& transformer, const std::string& text_encoder) {
  const fs::path all = quant_models();
  return {(all / transformer).string(),
          all / text_encoder,
          all / "model/vae",
          all / "model/tokenizer",
          {}};
}

GenerationRequest request() {
  GenerationRequest request;
  request.prompt = "a red fox";
  request.negative_prompt = "blurry";
  request.width = 96;
  request.height = 64;
  request.steps = 2;
  request.guidance_scale = 2.0;
  request.seed = 5;
  return request;
}

// Whatever a file stores, and in either number format of the computation.
TEST(PackedWeights, MultiplyLikeThePlainOnesBitForBit) {
  const c10::InferenceMode inference;
  for (const char* const file : kTransformers) {
    SCOPED_TRACE(file);
    const ModelFolder model = open_model(places(file, "model/text_encoder"));
    for (const c10::ScalarType type : {at::kFloat, at::kBFloat16}) {
      RunFormats formats;
      formats.networks = type;
      OpenedModel opened(model, formats, at::kCPU);
      const auto matrices = packed_matrices(opened.transformer, model, type, LayerStorage{});
      ASSERT_NE(matrices, nullptr);
      EXPECT_GE(matrices->row_bytes.size(), 10U);
      for (const char* const name :
           {"layers.0.attention.to_k.weight", "layers.1.feed_forward.w2.weight",
            "noise_refiner.0.attention.to_out.0.weight",
            "context_refiner.0.feed_forward.w1.weight"}) {
        SCOPED_TRACE(name);
        const std::vector<std::int64_t> shape = *opened.transformer.shape_of(name);
        const LinearWeight packed = opened.packed_transformer.matrix(name, shape[0], shape[1]);
        EXPECT_EQ(packed.is_packed(), matrices->row_bytes.contains(name));
        const at::Tensor plain = opened.transformer_weights.get(name, shape);
        if (packed.is_packed()) {
          EXPECT_LT(packed.bytes(), static_cast<std::int64_t>(plain.nbytes()));
        }
        const at::Tensor x = at::randn({7, shape[1]}).to(type);
        EXPECT_TRUE(packed.apply(x).equal(at::linear(x, plain)));
      }
    }
  }
}

TEST(PackedWeights, AreThoseThatAFileQuantizes) {
  const auto matrices = [](const char* file, c10::ScalarType computed,
                           const LayerStorage& storage = {}) {
    const ModelFolder model = open_model(places(file, "model/text_encoder"));
    return packed_matrices(NetworkTensors(model.parts.transformer, Network::kTransformer), model,
                           computed, storage);
  };
  // Files of 16 bits are converted when they are loaded.
  EXPECT_EQ(matrices("single/z_image.safetensors", at::kFloat), nullptr);
  EXPECT_EQ(matrices("gguf/z_image-BF16.gguf", at::kFloat), nullptr);
  // 144 bytes for 256 values.
  const auto q4 = matrices("gguf/z_image-Q4_K_M.gguf", at::kFloat);
  ASSERT_NE(q4, nullptr);
  EXPECT_EQ(q4->row_bytes.at("layers.0.attention.to_q.weight"), 144);
  EXPECT_EQ(q4->like.size(), 2U);
  // What is computed in eight bits is not kept otherwise.
  const auto eight =
      matrices("gguf/z_image-Q8_0.gguf", at::kFloat, LayerStorage(WeightStorage::kInt8));
  ASSERT_NE(eight, nullptr);
  EXPECT_FALSE(eight->row_bytes.contains("layers.0.attention.to_q.weight"));
  EXPECT_TRUE(eight->row_bytes.contains("noise_refiner.0.attention.to_q.weight"));
}

// The plain plan's memory, and less and less of it: whatever plan is the fastest then, it takes
// what was predicted to the byte, and none changes the picture.
TEST(PackedWeights, MakeTheSamePictureInTheMemoryThatWasPredicted) {
  for (const char* const file : kTransformers) {
    SCOPED_TRACE(file);
    const ModelPlaces model = places(file, "gguf/qwen3-Q4_K_M.gguf");
    const GeneratedImage whole = Runner(model).run(request()).at(0);
    const std::int64_t peak = whole.run_record.plan.peak_bytes;
    EXPECT_EQ(peak, whole.run_record.actual_peak_bytes);
    EXPECT_THAT(whole.run_record.plan.execution, Not(Contains("packed-weights")));
    const std::int64_t least = test::least_need(model, request());
    bool was_packed = false;
    for (std::int64_t cap = peak - 1; cap >= least;
         cap -= std::max<std::int64_t>(1, (peak - least) / 6)) {
      SCOPED_TRACE(cap);
      const Runner runner(model, [&](PipelineOptions& options) {
        options.budget.vram_cap_bytes = cap;
        options.budget.reserve_bytes = 0;
      });
      ASSERT_TRUE(runner.forecast(request()).fits);
      const GeneratedImage made = runner.run(request()).at(0);
      const RunRecord& record = made.run_record;
      EXPECT_EQ(record.plan.peak_bytes, record.actual_peak_bytes)
          << ::testing::PrintToString(record.plan.execution);
      EXPECT_EQ(made.image->rgb, whole.image->rgb)
          << ::testing::PrintToString(record.plan.execution);
      const auto& names = record.plan.execution;
      was_packed |= std::find(names.begin(), names.end(), "packed-weights") != names.end();
    }
    EXPECT_TRUE(was_packed);
  }
}

// Layers that are read again in each step are read as they are stored, into buffers of that size.
TEST(PackedWeights, AreStreamedAsTheyAreStored) {
  const ModelFolder model =
      open_model(places("gguf/z_image-Q4_K_M.gguf", "gguf/qwen3-Q4_K_M.gguf"));
  RequestCosts costs(model, choose_formats(NumberFormat::kFloat32, choose_device("cpu")),
                     AllocatorModel{});
  const TimeModel times;
  RequestCosts::ForShape of_shape(costs, test::usual_shape(request()), times);
  EXPECT_TRUE(of_shape.space().can_be_packed);
  const auto need = [&](bool packed, int streamed) {
    return of_shape.need(Stage::kDenoise, {.stream_blocks = streamed, .packed_weights = packed});
  };
  const auto layers = static_cast<int>(model.layer_file_bytes.size());
  const std::int64_t stored =
      costs.sizes().under(NetworkId::kTransformer, {.packed_weights = true}).bytes;
  EXPECT_LT(3 * stored, costs.sizes()[NetworkId::kTransformer].bytes);
  // Two buffers hold as much as the two layers that there are, which are stored in a fraction of
  // the bytes.
  const auto layer = [&](bool packed) {
    return costs.sizes().under(NetworkId::kTransformer, {.packed_weights = packed}).layers.front();
  };
  EXPECT_EQ(layers, 2);
  EXPECT_LT(3 * layer(true), layer(false));
  EXPECT_GE(need(false, layers).peak_bytes - need(true, layers).peak_bytes,
            2 * (layer(false) - layer(true)) - 4 * 512 * 256);
  // Each step unpacks what each product needs.
  EXPECT_GT(of_shape.seconds(Stage::kDenoise, {.packed_weights = true}, true),
            of_shape.seconds(Stage::kDenoise, {}, true));
}

TEST(PackedWeights, AreNotPlannedForACard) {
  const ModelFolder model =
      open_model(places("gguf/z_image-Q4_K_M.gguf", "gguf/qwen3-Q4_K_M.gguf"));
  const Device card = pretended_device("cuda", 0, "a card");
  RequestCosts costs(model, choose_formats(NumberFormat::kBfloat16, card),
                     AllocatorModel{true, {}});
  const TimeModel times;
  EXPECT_FALSE(
      RequestCosts::ForShape(costs, test::usual_shape(request()), times).space().can_be_packed);
}

}  // namespace
}  // namespace headroom
