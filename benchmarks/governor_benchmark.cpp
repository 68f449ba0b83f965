// What the governor costs, and what its options cost: replay by size, plans, the frontier,
// refusals; streamed blocks and tiles beside the resident run on the starter model (CPU budget).
//
// Figures mean something only beside each other in one run; state machine, threads and versions
// with them (scripts/bench_governor.sh does).

#include "headroom/core/bytes.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/diffusion/noise.h"
#include "headroom/forecast/make_forecaster.h"
#include "headroom/pipeline/file_weights.h"
#include "headroom/pipeline/make_generator.h"
#include "headroom/pipeline/request_shape.h"
#include "headroom/pipeline/run_formats.h"
#include "headroom/pipeline/text_to_image.h"

#include "dry_run.h"

#include <filesystem>
#include <memory>

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

const std::filesystem::path kSource = HEADROOM_SOURCE_DIR;

struct Subject {
  const char* name;
  std::filesystem::path folder;
  const char* dtype;
  bool card = false;  // planned for a pretended one
};
const Subject kSubjects[] = {
    {"starter", kSource / "assets" / "starter-model", "fp32"},
    {"z-image-turbo", kSource / "configs" / "models" / "z-image-turbo", "bf16"},
    {"z-image", kSource / "configs" / "models" / "z-image", "bf16"},
    {"z-image-turbo, card", kSource / "configs" / "models" / "z-image-turbo", "bf16", true},
    {"z-image-turbo, card, 4 bit", kSource / "configs" / "models" / "z-image-turbo", "q4", true},
};

PipelineOptions options_of(const Subject& subject) {
  cpu_budget::install();
  PipelineOptions options;
  options.model = read_model_folder(subject.folder);
  options.device = subject.card ? pretended_device("cuda", 0, "a card", 89) : choose_device("cpu");
  options.dtype = read_number_format(subject.dtype);
  options.budget.reserve_bytes = 0;
  return options;
}

GenerationRequest request_of(int side) {
  GenerationRequest request;
  request.prompt = "A red fox sleeping under a birch tree, watercolor";
  request.width = request.height = side;
  request.guidance_scale = 2.0;
  request.seed = 7;
  return request;
}

// What it is with prompts of 64 tokens.
RunShape shape_of_side(int side) { return shape_of(request_of(side), 64, 64, SchedulerConfig{}); }

MemorySnapshot card_of(std::int64_t bytes) {
  MemorySnapshot card;
  card.total = card.free = bytes;
  return card;
}

std::int64_t resident_need(const PipelineOptions& options, int side) {
  return make_forecaster(options)
      ->forecast(shape_of_side(side), 1, card_of(1024 * kGiB))
      .plan.peak_bytes;
}

void replay_one_size(benchmark::State& state) {
  const Subject& subject = kSubjects[state.range(0)];
  state.SetLabel(subject.name);
  const PipelineOptions options = options_of(subject);
  const RunFormats formats = choose_formats(options.dtype, options.device);
  const DryRunRequest what{shape_of_side(static_cast<int>(state.range(1)))};
  for (auto _ : state) {
    for (const Stage stage : {Stage::kEncode, Stage::kDenoise, Stage::kDecode}) {
      benchmark::DoNotOptimize(dry_run_short_stage(stage, options.model, formats, what));
    }
  }
}
BENCHMARK(replay_one_size)
    ->ArgsProduct({{0, 1}, {512, 768, 1024, 2048}})
    ->Unit(benchmark::kMillisecond);

// Memory that is just enough for 1024 x 1024 with everything resident, or for half of that.
void first_frontier(benchmark::State& state) {
  const Subject& subject = kSubjects[state.range(0)];
  state.SetLabel(subject.name);
  const PipelineOptions options = options_of(subject);
  const std::int64_t room = resident_need(options, 1024) / state.range(1);
  for (auto _ : state) {
    state.PauseTiming();
    const auto forecaster = make_forecaster(options);
    state.ResumeTiming();
    benchmark::DoNotOptimize(forecaster->frontier(shape_of_side(512), card_of(room), 64, 2048));
  }
}
BENCHMARK(first_frontier)
    ->ArgsProduct({{0, 1, 2}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

// Free memory goes up and down between those two amounts, as other programs come and go; only the
// two themselves were asked for before.
void frontier_when_memory_moved(benchmark::State& state) {
  const Subject& subject = kSubjects[state.range(0)];
  state.SetLabel(subject.name);
  const PipelineOptions options = options_of(subject);
  const std::int64_t most = resident_need(options, 1024);
  const auto forecaster = make_forecaster(options);
  constexpr std::int64_t kAmounts = 100;
  const auto table = [&](std::int64_t amount) {
    const std::int64_t room = most - most / 2 * amount / kAmounts;
    return forecaster->frontier(shape_of_side(512), card_of(room), 64, 2048);
  };
  static_cast<void>(table(0));
  static_cast<void>(table(kAmounts));
  std::int64_t turn = 0;
  for (auto _ : state) benchmark::DoNotOptimize(table(37 * ++turn % kAmounts));
}
BENCHMARK(frontier_when_memory_moved)
    ->DenseRange(0, 4)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(25);

void refusal(benchmark::State& state) {
  const Subject& subject = kSubjects[state.range(0)];
  state.SetLabel(subject.name);
  const PipelineOptions options = options_of(subject);
  for (auto _ : state) {
    state.PauseTiming();
    const auto forecaster = make_forecaster(options);
    state.ResumeTiming();
    benchmark::DoNotOptimize(forecaster->forecast(shape_of_side(1024), 1, card_of(12 * kMiB)));
  }
}
BENCHMARK(refusal)->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

// The starter model under chosen options.
class Run {
 public:
  explicit Run(const ExecutionOptions& execution)
      : model_(read_model_folder(kSubjects[0].folder)),
        text_(model_.parts.text_encoder, Network::kTextEncoder),
        transformer_(model_.parts.transformer, Network::kTransformer),
        vae_(model_.parts.vae, Network::kVae),
        text_weights_(text_, at::kFloat),
        transformer_weights_(transformer_, at::kFloat),
        vae_weights_(vae_, at::kFloat),
        networks_(model_, {at::kFloat, at::kFloat, "fp32"},
                  {text_weights_, transformer_weights_, vae_weights_, vae_weights_}, true) {
    cpu_budget::install();
    networks_.prepare(execution);
    features_ = networks_.encode({std::vector<std::int32_t>(32), {}}, {});
  }
  at::Tensor denoise(const GenerationRequest& request) {
    Sampling sampling{draw_noise(7, networks_.latent_shape(request))};
    networks_.denoise(sampling, features_, request, {});
    return sampling.latents;
  }
  at::Tensor decode(const at::Tensor& latents) { return networks_.decode(latents, {}); }
  [[nodiscard]] const ModelFolder& model() const { return model_; }

 private:
  const c10::InferenceMode inference_;
  ModelFolder model_;
  NetworkTensors text_, transformer_, vae_;
  FileWeights text_weights_, transformer_weights_, vae_weights_;
  TextToImage networks_;
  TextToImage::Features features_;
};

void steps(benchmark::State& state, ExecutionOptions execution) {
  Run run(execution);
  GenerationRequest request = request_of(static_cast<int>(state.range(0)));
  request.guidance_scale = 0;
  request.steps = 4;
  static_cast<void>(run.denoise(request));
  for (auto _ : state) benchmark::DoNotOptimize(run.denoise(request));
}
const ExecutionOptions kResident;

void steps_streamed(benchmark::State& state) {
  ExecutionOptions all;
  all.stream_blocks = read_model_folder(kSubjects[0].folder).transformer.n_layers;
  steps(state, all);
}
BENCHMARK_CAPTURE(steps, resident, kResident)->Arg(512)->Arg(1024)->Unit(benchmark::kMillisecond);
BENCHMARK(steps_streamed)->Arg(512)->Arg(1024)->Unit(benchmark::kMillisecond);

// What streaming has to hide: all the blocks of the transformer copied in, and nothing else.
void copy_blocks(benchmark::State& state) {
  const c10::InferenceMode inference;
  cpu_budget::install();
  const ModelFolder model = read_model_folder(kSubjects[0].folder);
  const NetworkTensors tensors(model.parts.transformer, Network::kTransformer);
  FileWeights weights(tensors, at::kFloat);
  for (auto _ : state) {
    for (int i = 0; i < model.transformer.n_layers; ++i) {
      benchmark::DoNotOptimize(Transformer::load_layer(model.transformer, weights, i));
    }
  }
}
BENCHMARK(copy_blocks)->Unit(benchmark::kMillisecond);

void decode(benchmark::State& state, int tile_latent) {
  ExecutionOptions execution;
  execution.tile_latent = tile_latent;
  Run run(execution);
  GenerationRequest request = request_of(1024);
  request.guidance_scale = 0;
  request.steps = 1;
  const at::Tensor latents = run.denoise(request);
  static_cast<void>(run.decode(latents));
  for (auto _ : state) benchmark::DoNotOptimize(run.decode(latents));
}
BENCHMARK_CAPTURE(decode, whole, 0)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, tiles_of_16, 16)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, tiles_of_8, 8)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace headroom

BENCHMARK_MAIN();
