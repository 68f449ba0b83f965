// The promise over a thousand random runs: what was predicted is what the run then takes.

#include "headroom/device/cpu_budget.h"
#include "headroom/device/device.h"
#include "headroom/diffusion/noise.h"
#include "headroom/memory/plan_candidate.h"
#include "headroom/pipeline/file_weights.h"
#include "headroom/pipeline/request_shape.h"
#include "headroom/pipeline/run_formats.h"
#include "headroom/pipeline/text_to_image.h"
#include "headroom/text/prompt_tokenizer.h"

#include "prompt_ids.h"
#include "request_costs.h"
#include "support/fixture.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

// SplitMix64 (Steele, Lea & Flood 2014): the same cases with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  // 0 .. count - 1
  int below(int count) {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return static_cast<int>((z ^ (z >> 31U)) % static_cast<std::uint64_t>(count));
  }
  bool coin() { return below(2) == 1; }
  template <typename T>
  const T& of(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(below(static_cast<int>(values.size())))];
  }

 private:
  std::uint64_t state_;
};

struct RandomCase {
  std::string model, dtype;
  int threads = 1;
  GenerationRequest request;
  ExecutionOptions execution;
  [[nodiscard]] std::string text() const {
    std::string all = model + " " + dtype + ", " + std::to_string(threads) + " threads, " +
                      std::to_string(request.width) + "x" + std::to_string(request.height) + ", " +
                      std::to_string(request.count) + " pictures, guidance " +
                      std::to_string(request.guidance_scale);
    for (const std::string& name : option_names(execution)) all += ", " + name;
    return all;
  }
};

// What stays the same for many cases: a model, opened, and its costs in one number format.
class Setting {
 public:
  Setting(const std::filesystem::path& root, const std::string& dtype, int threads)
      : folder(read_model_folder(root)),
        threads_(threads),
        formats_(choose_formats(read_number_format(dtype), device_)),
        tokenizer_(root / "tokenizer"),
        text_file_(folder.parts.text_encoder, Network::kTextEncoder),
        transformer_file_(folder.parts.transformer, Network::kTransformer),
        vae_file_(folder.parts.vae, Network::kVae),
        text_(text_file_, formats_.networks),
        transformer_(transformer_file_, formats_.networks),
        vae_(vae_file_, formats_.vae),
        costs_(folder, formats_, AllocatorModel{}) {}

  // As the forecaster does once the planner has chosen.
  std::int64_t predict(const GenerationRequest& request, const ExecutionOptions& execution) {
    const TimeModel times;
    RequestCosts::ForShape costs(costs_, shape_of(request, &tokenizer_, folder.scheduler), times);
    return compose(execution, costs.space(), costs).peak_bytes;
  }

  // Bytes at the worst moment of a whole run. Streamed layers are loaded by the thread that needs
  // them: when the one that loads ahead is late, on a busy machine, a run takes less by chance.
  std::int64_t run(const GenerationRequest& request, const ExecutionOptions& execution) {
    const c10::InferenceMode inference;
    at::set_num_threads(threads_);
    std::int64_t peak = 0;
    const std::int64_t before = cpu_budget::use().total();
    device_.backend->begin_run();
    const auto end = [&] { peak = std::max(peak, device_.backend->end_stage().in_use - before); };
    TextToImage networks(folder, formats_, {text_, transformer_, vae_, vae_},
                         /*background=*/false);
    networks.prepare(execution);
    end();
    const auto features = networks.encode(encode_prompts(&tokenizer_, request), {});
    end();
    std::vector<std::int64_t> shape = networks.latent_shape(request);
    shape.insert(shape.begin(), 1);
    for (int i = 0; i < request.count; ++i) {
      Sampling sampling{draw_noise(1, shape).squeeze(0)};
      networks.denoise(sampling, features, request, {});
      end();
      static_cast<void>(networks.decode(sampling.latents, {}));
      end();
    }
    return peak;
  }

  const ModelFolder folder;

 private:
  const Device device_ = choose_device("cpu");
  const int threads_;
  const RunFormats formats_;
  const PromptTokenizer tokenizer_;
  NetworkTensors text_file_, transformer_file_, vae_file_;
  FileWeights text_, transformer_, vae_;
  RequestCosts costs_;
};

RandomCase draw_case(Random& random) {
  RandomCase c;
  c.model = random.of<std::string>(test::variants());
  c.dtype = random.of<std::string>({"fp32", "bf16", "fp16"});
  c.threads = 1 + random.below(2);
  // From one unit up, odd multiples too; tall or wide when one side stays small.
  const int unit = c.model == "tiny" ? 16 : 64;
  const int most_px = 256;
  const int area_px = 96 * 96;
  GenerationRequest& r = c.request;
  r.width = unit * (1 + random.below(most_px / unit));
  const int highest_px = std::clamp(area_px / r.width, unit, 2 * most_px);
  r.height = unit * (1 + random.below(highest_px / unit));
  if (random.coin()) std::swap(r.width, r.height);
  r.count = random.below(10) == 0 ? 2 : 1;
  r.steps = 1;  // every step asks for the same
  r.guidance_scale = random.coin() ? 3.0 : 0.0;
  r.prompt = "a red fox";
  for (int i = random.below(5); i > 0; --i) r.prompt += " sleeping under a birch tree";
  if (r.guidance_scale > 0 && random.coin()) r.negative_prompt = "blurry, low quality";

  ExecutionOptions& execution = c.execution;
  if (random.below(6) == 0) return c;  // everything resident
  execution.evict_encoder = random.coin();
  execution.stream_encoder = random.below(3) == 0;
  execution.sequential_guidance = random.coin();
  execution.chunk_tokens = random.coin() ? 0 : 8 + random.below(90);
  execution.stream_blocks = random.below(4);
  execution.evict_transformer = random.coin();
  const int decode = random.below(3);
  if (decode == 1) execution.tile_latent = 3 + random.below(5);
  if (decode == 2) execution.cpu_decode = random.coin();
  return c;
}

TEST(RandomPrediction, OfAThousandRunsIsRight) {
  constexpr int kCases = 1000;
  std::map<std::string, std::unique_ptr<Setting>> settings;
  Random random(20260101);
  cpu_budget::install();
  cpu_budget::set_limit(0);
  const std::int64_t before = cpu_budget::use().total();
  std::vector<double> errors;  // relative; > 0: more was predicted than was taken
  for (int i = 0; i < kCases; ++i) {
    RandomCase c = draw_case(random);
    auto& setting = settings[c.model + c.dtype + std::to_string(c.threads)];
    if (!setting) {
      setting = std::make_unique<Setting>(test::model_root(c.model), c.dtype, c.threads);
    }
    c.execution.stream_blocks =
        std::min(c.execution.stream_blocks, setting->folder.transformer.n_layers);
    const auto predicted = static_cast<double>(setting->predict(c.request, c.execution));
    const auto actual = static_cast<double>(setting->run(c.request, c.execution));
    ASSERT_GT(actual, 0) << c.text();
    const double error = (predicted - actual) / actual;
    errors.push_back(error);
    EXPECT_GE(error, -0.001) << "case " << i << ": " << c.text() << ": predicted " << predicted
                             << ", taken " << actual;
    ASSERT_EQ(cpu_budget::use().total(), before) << "left behind by " << c.text();
  }
  std::sort(errors.begin(), errors.end());
  std::vector<double> sizes;
  for (const double e : errors) sizes.push_back(std::abs(e));
  std::sort(sizes.begin(), sizes.end());
  const auto at = [&](const std::vector<double>& sorted, double share) {
    return 100 * sorted[static_cast<std::size_t>(share * (kCases - 1))];
  };
  std::printf(
      "|predicted - taken|: median %.3f %%, 90th %.3f %%, 99th %.3f %%, most %.3f %%; "
      "most under %.3f %%, most over %.3f %%\n",
      at(sizes, 0.5), at(sizes, 0.9), at(sizes, 0.99), at(sizes, 1), at(errors, 0), at(errors, 1));
  EXPECT_LE(at(sizes, 1), 0.1);
}

}  // namespace
}  // namespace headroom
