// The promise over a thousand random runs: what was predicted is what the run then takes.

#include "headroom/text/prompt_tokenizer.h"

#include "number_format.h"
#include "pipeline/run_support.h"
#include "prompt_ids.h"
#include "replay_costs.h"
#include "weight_sources.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

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
  Rungs rungs;
  [[nodiscard]] std::string text() const {
    std::string all = model + " " + dtype + ", " + std::to_string(threads) + " threads, " +
                      std::to_string(request.width) + "x" + std::to_string(request.height) + ", " +
                      std::to_string(request.count) + " pictures, guidance " +
                      std::to_string(request.guidance_scale);
    for (const std::string& name : rung_names(rungs)) all += ", " + name;
    return all;
  }
};

// What stays the same for many cases: a model with its costs in one number format.
struct Setting {
  PipelineOptions options;
  std::shared_ptr<const PromptTokenizer> tokenizer;
  std::unique_ptr<ReplayCosts> costs;
};

Setting make_setting(const std::string& model, const std::string& dtype, int threads) {
  Setting s;
  const std::filesystem::path root = test::model_root(model);
  s.options.model = read_model_folder(root);
  s.options.device = choose_device("cpu");
  s.options.dtype = dtype;
  s.options.threads = threads;
  s.tokenizer = std::make_shared<const PromptTokenizer>(root / "tokenizer");
  s.costs = std::make_unique<ReplayCosts>(s.options.model, choose_formats(dtype, s.options.device),
                                          threads, AllocatorModel{});
  return s;
}

RandomCase draw_case(Random& random) {
  RandomCase c;
  c.model = random.of<std::string>(test::variants());
  c.dtype = random.of<std::string>({"fp32", "bf16", "fp16"});
  c.threads = 1 + random.below(2);
  // From one unit up, odd multiples too; tall or wide when one side stays small.
  const int unit = c.model == "tiny" ? 16 : 64;
  const int most_px = 256;
  const int area_px = 112 * 112;
  GenerationRequest& r = c.request;
  r.width = unit * (1 + random.below(most_px / unit));
  const int highest_px = std::clamp(area_px / r.width, unit, 2 * most_px);
  r.height = unit * (1 + random.below(highest_px / unit));
  if (random.coin()) std::swap(r.width, r.height);
  r.count = random.below(10) == 0 ? 2 : 1;
  r.steps = 1;  // every step asks for the same
  r.guidance_scale = random.coin() ? 3.0 : 0.0;
  r.seed = 1;
  r.prompt = "a red fox";
  for (int i = random.below(5); i > 0; --i) r.prompt += " sleeping under a birch tree";
  if (r.guidance_scale > 0 && random.coin()) r.negative_prompt = "blurry, low quality";

  Rungs& rungs = c.rungs;
  if (random.below(6) == 0) return c;  // everything resident
  rungs.evict_encoder = random.coin();
  rungs.stream_encoder = random.below(3) == 0;
  rungs.sequential_guidance = random.coin();
  rungs.chunk_tokens = random.coin() ? 0 : 1 + random.below(96);
  rungs.stream_blocks = random.below(4);
  rungs.evict_transformer = random.coin();
  const int decode = random.below(3);
  if (decode == 1) rungs.tile_latent = 2 + random.below(6);
  if (decode == 2) rungs.cpu_decode = random.coin();
  return c;
}

// Hands out one plan, whatever is asked, as the real one does once the planner has chosen.
class FixedPlan final : public Forecaster {
 public:
  explicit FixedPlan(Forecast forecast) : forecast_(std::move(forecast)) {}
  Forecast forecast(const GenerationRequest&, const MemorySnapshot&) override { return forecast_; }
  Frontier frontier(const GenerationRequest&, const MemorySnapshot&, int, int) override {
    return {};
  }
  void learn(const GenerationRequest&, const Rungs&, const Receipt&) override {}

 private:
  Forecast forecast_;
};

std::int64_t predict(Setting& s, const RandomCase& c) {
  const TimeModel times;
  ReplayCosts::ForRequest costs(*s.costs, c.request, encode_prompts(s.tokenizer.get(), c.request),
                                times);
  return compose(c.rungs, costs).peak_bytes;
}

std::int64_t run(const Setting& s, const RandomCase& c) {
  Forecast forecast;
  forecast.fits = true;
  forecast.ladder = c.rungs;
  const auto generator =
      make_generator(s.options, s.tokenizer, std::make_shared<FixedPlan>(forecast));
  test::RecordingSink sink;
  generator->generate(c.request, sink, {});
  std::int64_t peak = 0;
  for (const GeneratedImage& image : sink.images) {
    peak = std::max(peak, image.receipt.actual_peak_bytes);
  }
  return peak;
}

TEST(RandomPrediction, OfAThousandRunsIsRight) {
  constexpr int kCases = 1000;
  std::map<std::string, Setting> settings;
  Random random(20260101);
  cpu_budget::install();
  cpu_budget::set_limit(0);
  const std::int64_t before = cpu_budget::use().total();
  std::vector<double> errors;  // relative; > 0: more was predicted than was taken
  for (int i = 0; i < kCases; ++i) {
    RandomCase c = draw_case(random);
    auto& setting = settings[c.model + c.dtype + std::to_string(c.threads)];
    if (!setting.costs) setting = make_setting(c.model, c.dtype, c.threads);
    c.rungs.stream_blocks =
        std::min(c.rungs.stream_blocks, setting.options.model.transformer.n_layers);
    const auto predicted = static_cast<double>(predict(setting, c));
    const auto actual = static_cast<double>(run(setting, c));
    ASSERT_GT(actual, 0) << c.text();
    const double error = (predicted - actual) / actual;
    errors.push_back(error);
    EXPECT_GE(error, -0.005) << "case " << i << ": " << c.text() << ": predicted " << predicted
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
  EXPECT_LE(at(sizes, 0.99), 2.0);
}

}  // namespace
}  // namespace headroom
