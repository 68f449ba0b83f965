// Networks whose layers are stored otherwise than each other, in files and on the device: what was
// predicted is what their runs take, and every plan makes the same picture.

#include "headroom/core/run_record.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/device/device.h"
#include "headroom/diffusion/noise.h"
#include "headroom/memory/plan_candidate.h"
#include "headroom/pipeline/layer_streamer.h"
#include "headroom/pipeline/opened_model.h"
#include "headroom/weights/network_tensors.h"

#include "pipeline/run_support.h"
#include "prompt_ids.h"
#include "request_costs.h"
#include "support/networks.h"
#include "support/temp_folder.h"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Half.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::Runner;

constexpr int kLayers = 6;  // of the starter model's transformer

GenerationRequest request() {
  GenerationRequest request;
  request.prompt = "a red apple on a blue background";
  request.width = request.height = 128;
  request.steps = 2;
  request.guidance_scale = 2.0;
  request.seed = 5;
  return request;
}

// The starter model with layers 1, 4 and 5 of its transformer in float32, the others as they are:
// in float16, so that the values are the same and the bytes are not.
ModelPlaces mixed_files(const test::TempFolder& folder) {
  const fs::path starter = test::starter_model();
  const TensorStore store(starter / "transformer", "diffusion_pytorch_model");
  std::deque<std::vector<float>> widened;
  std::vector<NamedTensor> tensors;
  for (const auto& [name, view] : store.views()) {
    const bool is_wide = name.starts_with("layers.1.") || name.starts_with("layers.4.") ||
                         name.starts_with("layers.5.");
    if (!is_wide) {
      tensors.push_back({name, view.dtype, view.shape, view.data});
      continue;
    }
    std::vector<float>& values = widened.emplace_back(view.data.size() / sizeof(c10::Half));
    for (std::size_t i = 0; i < values.size(); ++i) {
      c10::Half half;
      std::memcpy(&half, view.data.data() + i * sizeof half, sizeof half);
      values[i] = half;
    }
    tensors.push_back({name, DType::kF32, view.shape, std::as_bytes(std::span(values))});
  }
  fs::copy(starter, folder.path() / "model", fs::copy_options::recursive);
  write_tensor_file(folder.path() / "model" / "transformer" / "diffusion_pytorch_model.safetensors",
                    tensors);
  return {(folder.path() / "model").string(), {}, {}, {}, {}};
}

TEST(MixedFiles, TakeTheMemoryThatWasPredictedAndOfThePageCacheWhatIsRead) {
  const test::TempFolder folder;
  const ModelPlaces places = mixed_files(folder);
  const NetworkTensors stored(folder.path() / "model" / "transformer", Network::kTransformer);
  EXPECT_NE(stored.stored_bytes("layers.0."), stored.stored_bytes("layers.1."));
  const auto picture = Runner(test::starter_model()).run(request()).at(0).image;
  for (const int streamed : {0, 1, 2, 3, kLayers}) {
    SCOPED_TRACE(streamed);
    const Runner runner(places, [&](PipelineOptions& options) {
      options.floor.stream_blocks = streamed;
      options.floor.stream_encoder = streamed > 0;
    });
    const GeneratedImage made = runner.run(request()).at(0);
    const RunRecord& record = made.run_record;
    EXPECT_EQ(record.plan.peak_bytes, record.actual_peak_bytes);
    std::int64_t read = 0;
    for (int i = 0; i < kLayers; ++i) {
      if (!is_streamed(i, kLayers, streamed)) continue;
      read += stored.stored_bytes("layers." + std::to_string(i) + ".");
    }
    EXPECT_EQ(record.plan.page_cache_bytes, read);
    EXPECT_EQ(made.image->rgb, picture->rgb);
  }
}

// The starter model, opened in float32, with some of its layers kept in eight bits.
class MixedModel {
 public:
  explicit MixedModel(const LayerStorage& storage)
      : folder_(read_model_folder(test::starter_model())),
        formats_(with_storage(storage)),
        tokenizer_(test::starter_model() / "tokenizer"),
        text_file_(folder_.parts.text_encoder, Network::kTextEncoder),
        transformer_file_(folder_.parts.transformer, Network::kTransformer),
        vae_file_(folder_.parts.vae, Network::kVae),
        text_(text_file_, at::kFloat),
        transformer_(transformer_file_, at::kFloat),
        vae_(vae_file_, at::kFloat),
        kept_text_(text_, storage),
        kept_transformer_(transformer_, storage),
        costs_(folder_, formats_, AllocatorModel{}) {}

  std::int64_t predict(const ExecutionOptions& execution) {
    const TimeModel times;
    const RunShape shape = shape_of(request(), &tokenizer_, folder_.scheduler);
    RequestCosts::ForShape costs(costs_, shape, times);
    return compose(execution, costs.space(), costs).peak_bytes;
  }

  struct Run {
    std::int64_t peak_bytes = 0;
    at::Tensor picture;
  };
  // Streamed layers are loaded by the thread that needs them, so that both buffers are always full.
  Run run(const ExecutionOptions& execution) {
    const c10::InferenceMode inference;
    Run result;
    const std::int64_t before = cpu_budget::use().total();
    device_.backend->begin_run();
    const auto end = [&] {
      const std::int64_t peak = device_.backend->end_stage().in_use - before;
      result.peak_bytes = std::max(result.peak_bytes, peak);
    };
    TextToImage networks(folder_, formats_, {kept_text_, kept_transformer_, vae_, vae_},
                         /*background=*/false);
    networks.prepare(execution);
    end();
    const auto features = networks.encode(encode_prompts(&tokenizer_, request()), {});
    end();
    std::vector<std::int64_t> shape = networks.latent_shape(request());
    shape.insert(shape.begin(), 1);
    Sampling sampling{draw_noise(5, shape).squeeze(0)};
    networks.denoise(sampling, features, request(), {});
    end();
    result.picture = networks.decode(sampling.latents, {});
    end();
    return result;
  }

 private:
  static RunFormats with_storage(const LayerStorage& storage) {
    RunFormats formats;
    formats.text_encoder = formats.transformer = storage;
    return formats;
  }

  const Device device_ = choose_device("cpu");
  const ModelFolder folder_;
  const RunFormats formats_;
  const PromptTokenizer tokenizer_;
  NetworkTensors text_file_, transformer_file_, vae_file_;
  FileWeights text_, transformer_, vae_;
  Int8Weights kept_text_, kept_transformer_;
  RequestCosts costs_;
};

class MixedLayers : public testing::TestWithParam<std::vector<int>> {};
INSTANTIATE_TEST_SUITE_P(WideLayers, MixedLayers,
                         testing::Values(std::vector<int>{}, std::vector<int>{0},
                                         std::vector<int>{5}, std::vector<int>{0, 5},
                                         std::vector<int>{2, 3}, std::vector<int>{1, 2, 3, 4},
                                         std::vector<int>{0, 1, 2, 3, 4, 5}));

// Layers in float32 between layers in eight bits, which take a quarter of the bytes.
TEST_P(MixedLayers, TakeTheMemoryThatWasPredictedUnderEveryPlan) {
  cpu_budget::install();
  cpu_budget::set_limit(0);
  std::map<int, WeightStorage> wide;
  for (const int layer : GetParam()) wide[layer] = WeightStorage::kPlain;
  MixedModel model(LayerStorage(WeightStorage::kInt8, wide));
  const at::Tensor picture = model.run({}).picture;
  for (int streamed = 0; streamed <= kLayers; ++streamed) {
    for (const bool evicts : {false, true}) {
      ExecutionOptions execution;
      execution.stream_blocks = streamed;
      execution.stream_encoder = evicts;
      execution.evict_transformer = execution.evict_encoder = evicts;
      execution.chunk_tokens = evicts ? 24 : 0;
      execution.sequential_guidance = evicts;
      SCOPED_TRACE(testing::PrintToString(option_names(execution)));
      const MixedModel::Run run = model.run(execution);
      EXPECT_EQ(model.predict(execution), run.peak_bytes);
      if (!evicts) {
        EXPECT_TRUE(test::same_bits(run.picture, picture));
      }
    }
  }
}

// Whichever layers are the large ones, and however many.
TEST(MixedBuffers, HaveRoomForTheLargestLayerAndNoMore) {
  cpu_budget::install();
  cpu_budget::set_limit(0);
  const auto peak = [](std::map<int, WeightStorage> wide) {
    MixedModel model(LayerStorage(WeightStorage::kInt8, std::move(wide)));
    return model.predict({.evict_encoder = true, .stream_blocks = kLayers});
  };
  const std::int64_t none = peak({});
  const std::int64_t one = peak({{2, WeightStorage::kPlain}});
  EXPECT_GT(one, none);
  EXPECT_EQ(peak({{0, WeightStorage::kPlain}, {5, WeightStorage::kPlain}}), one);
}

}  // namespace
}  // namespace headroom
