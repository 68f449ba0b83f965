#include "headroom/memory/allocator_model.h"
#include "headroom/pipeline/run_formats.h"
#include "headroom/pipeline/thread_count.h"

#include "dry_run.h"
#include "dump.h"
#include "pipeline/run_support.h"
#include "stage_time.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <ATen/ops/full.h>
#include <gmock/gmock.h>
#include <unistd.h>

namespace headroom {
namespace {

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path(std::filesystem::temp_directory_path() /
             ("headroom-parts-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path path;
};

TEST(NumberFormat, FollowsTheDeviceUnlessToldOtherwise) {
  const Device cpu = choose_device("cpu");
  const Device card = pretended_device("cuda", 0, "a card");
  EXPECT_EQ(choose_formats(NumberFormat::kAuto, cpu).name, "fp32");
  EXPECT_EQ(choose_formats(NumberFormat::kAuto, card).name, "bf16+vae32");
  EXPECT_EQ(choose_formats(NumberFormat::kBfloat16, card).name, "bf16");
  EXPECT_EQ(choose_formats(NumberFormat::kBfloat16, card).vae, at::kBFloat16);
  EXPECT_EQ(choose_formats(NumberFormat::kAuto, card).networks, at::kBFloat16);
  EXPECT_EQ(choose_formats(NumberFormat::kAuto, card).vae, at::kFloat);
  EXPECT_EQ(choose_formats(NumberFormat::kBfloat16, cpu).networks, at::kBFloat16);
  EXPECT_EQ(choose_formats(NumberFormat::kFloat16, card).networks, at::kHalf);
  EXPECT_EQ(choose_formats(NumberFormat::kFloat16, card).vae,
            at::kFloat);  // float16 overflows in it
  EXPECT_EQ(choose_formats(NumberFormat::kInt8, card).transformer, WeightStorage::kQ8_0);
  EXPECT_EQ(choose_formats(NumberFormat::kInt8, card).text_encoder, WeightStorage::kQ8_0);
  EXPECT_EQ(choose_formats(NumberFormat::kInt8, cpu).transformer, WeightStorage::kInt8);
  EXPECT_EQ(choose_formats(NumberFormat::kInt8, cpu).text_encoder, WeightStorage::kInt8);
  EXPECT_EQ(choose_formats(NumberFormat::kInt8, cpu).networks, at::kFloat);
  EXPECT_EQ(choose_formats(NumberFormat::kInt8, cpu).vae, at::kFloat);
  for (const Device& device : {cpu, card}) {
    EXPECT_EQ(choose_formats(NumberFormat::kQ4, device).transformer, WeightStorage::kQ4);
    EXPECT_EQ(choose_formats(NumberFormat::kQ4, device).networks, at::kBFloat16);
    EXPECT_EQ(choose_formats(NumberFormat::kQ4, device).vae, at::kBFloat16);
    EXPECT_EQ(choose_formats(NumberFormat::kQ4, device).name, "q4");
    EXPECT_EQ(choose_formats(NumberFormat::kBfloat16, device).transformer, WeightStorage::kPlain);
  }
  try {
    static_cast<void>(choose_formats(read_number_format("fp8"), cpu));
    FAIL() << "fp8 was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidRequest);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("auto, fp32, bf16, fp16 or int8"));
  }
}

TEST(NumberFormat, FollowsWhatTheCardCanMultiply) {
  const auto card = [](int capability) {
    return pretended_device("cuda", 0, "a card", capability);
  };
  for (const int capability : {80, 86, 89, 90, 120}) {
    EXPECT_EQ(choose_formats(NumberFormat::kAuto, card(capability)).name, "bf16+vae32")
        << capability;
    EXPECT_EQ(choose_formats(NumberFormat::kBfloat16, card(capability)).name, "bf16") << capability;
  }
  const RunFormats turing = choose_formats(NumberFormat::kAuto, card(75));
  EXPECT_EQ(turing.name, "fp16");
  EXPECT_EQ(turing.networks, at::kHalf);
  EXPECT_EQ(turing.vae, at::kFloat);
  for (const NumberFormat planned : {NumberFormat::kInt8, NumberFormat::kQ4}) {
    EXPECT_EQ(choose_formats(planned, card(75)).networks, at::kHalf);
    EXPECT_EQ(choose_formats(planned, card(75)).vae, at::kFloat);
  }
  try {
    static_cast<void>(choose_formats(NumberFormat::kBfloat16, card(75)));
    FAIL() << "bf16 was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidRequest);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("compute capability 8.0"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("a card has 7.5; use auto or fp16"));
  }
}

TEST(Threads, ZeroMeansOneACore) {
  EXPECT_EQ(resolve_threads(3), 3);
  EXPECT_GE(resolve_threads(0), 1);
  EXPECT_EQ(resolve_threads(0), resolve_threads(-1));
}

TEST(Dump, HoldsEveryIntermediateOfTheFirstPicture) {
  const TemporaryFolder folder;
  const auto file = folder.path / "run.safetensors";
  const test::Runner runner(test::model_root("f32"),
                            [&](PipelineOptions& options) { options.dump_file = file; });
  GenerationRequest request = test::small_request(runner);
  request.count = 2;
  static_cast<void>(runner.run(request));
  const TensorFile dump(file);
  std::vector<std::string> names;
  for (const auto& [name, view] : dump.tensors()) {
    names.push_back(name);
    EXPECT_EQ(view.dtype, DType::kF32) << name;
  }
  EXPECT_THAT(names, ::testing::ElementsAre("cond", "decoded", "latents.0", "latents.1",
                                            "latents.2", "noise", "uncond"));
  EXPECT_EQ(dump.tensors().at("noise").shape, (std::vector<std::int64_t>{1, 16, 2, 2}));
  EXPECT_EQ(dump.tensors().at("decoded").shape, (std::vector<std::int64_t>{1, 3, 64, 64}));
}

TEST(Dump, AFolderThatIsNotThereIsAnIoError) {
  Dump dump;
  dump.add("x", at::full({1}, 1.0));
  try {
    dump.write("/nowhere/at/all.safetensors");
    FAIL() << "wrote nowhere";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
  }
}

TEST(GuessedSeconds, GrowWithWhatTheStageDoes) {
  const ModelFolder model = read_model_folder(test::model_root("tiny"));
  const NetworkSizes sizes = network_sizes(
      model, {}, [](const AllocationTrace& l) { return replay_cpu_budget(l).left_bytes; });
  const RunShape shape{64, 64, 4, 0, 20, 0};
  RunShape longer = shape;
  longer.steps = 8;
  RunShape larger = shape;
  larger.width = 256;  // 64 rows of tokens; up to 32 cost the same
  RunShape guided = shape;
  guided.guided_steps = 4;
  guided.negative_tokens = 20;
  RunShape half_guided = guided;
  half_guided.guided_steps = 2;
  const auto seconds = [&](Stage stage, const RunShape& s, const ExecutionOptions& execution = {}) {
    return estimate_seconds(model, sizes, RunFormats{}, s, execution, unmeasured_rates(false),
                            false)[static_cast<std::size_t>(stage)];
  };
  const double denoise = seconds(Stage::kDenoise, shape);
  EXPECT_DOUBLE_EQ(seconds(Stage::kDenoise, longer), 2 * denoise);
  EXPECT_DOUBLE_EQ(seconds(Stage::kDenoise, guided), 2 * denoise);
  EXPECT_DOUBLE_EQ(seconds(Stage::kDenoise, half_guided), 1.5 * denoise);
  EXPECT_GT(seconds(Stage::kDenoise, larger), denoise);
  EXPECT_GT(seconds(Stage::kEncode, guided), seconds(Stage::kEncode, shape));
  EXPECT_GT(seconds(Stage::kDecode, larger), seconds(Stage::kDecode, shape));
  EXPECT_GT(seconds(Stage::kSave, larger), seconds(Stage::kSave, shape));
  // Every option costs something in its stage, or nothing would be chosen without it.
  EXPECT_GT(seconds(Stage::kEncode, shape, {.stream_encoder = true}),
            seconds(Stage::kEncode, shape));
  for (const ExecutionOptions& execution :
       {ExecutionOptions{.chunk_tokens = 8}, ExecutionOptions{.stream_blocks = 2},
        ExecutionOptions{.evict_transformer = true}, ExecutionOptions{.evict_encoder = true}}) {
    EXPECT_GT(seconds(Stage::kDenoise, shape, execution), denoise);
  }
  EXPECT_GT(seconds(Stage::kDecode, shape, {.tile_latent = 4}), seconds(Stage::kDecode, shape));
  // What arrives later is not loaded at the start, and an encoder that leaves is loaded every time.
  EXPECT_LT(seconds(Stage::kLoad, shape, {.evict_encoder = true}), seconds(Stage::kLoad, shape));
  EXPECT_EQ(estimate_reload_seconds(sizes, {}, unmeasured_rates(false)), 0);
  EXPECT_GT(estimate_reload_seconds(sizes, {.evict_encoder = true}, unmeasured_rates(false)), 0);
}

// Each product unpacks its matrix anew, so chunks cost more where weights are quantised.
TEST(GuessedSeconds, CountTheUnpackingOfQuantizedWeights) {
  const ModelFolder model = read_model_folder(test::model_root("tiny"));
  const RunShape shape{512, 512, 4, 0, 20, 0};
  const auto seconds = [&](WeightStorage storage, Stage stage, const ExecutionOptions& execution) {
    RunFormats formats;
    formats.text_encoder = formats.transformer = storage;
    return estimate_seconds(model, {}, formats, shape, execution, unmeasured_rates(true),
                            true)[static_cast<std::size_t>(stage)];
  };
  const auto unpacking = [&](Stage stage, const ExecutionOptions& execution) {
    return seconds(WeightStorage::kQ4, stage, execution) -
           seconds(WeightStorage::kPlain, stage, execution);
  };
  EXPECT_GT(unpacking(Stage::kEncode, {}), 0);
  EXPECT_GT(unpacking(Stage::kDenoise, {}), 0);
  EXPECT_GT(unpacking(Stage::kDenoise, {.chunk_tokens = 64}), 2 * unpacking(Stage::kDenoise, {}));
  EXPECT_EQ(unpacking(Stage::kDecode, {}), 0);
}

TEST(Replay, MarksEveryStageAndTakesNoMemory) {
  cpu_budget::install();
  const ModelFolder model = read_model_folder(test::model_root("tiny"));
  const RunShape shape{1024, 1024, 1000, 1000, 20, 8};
  cpu_budget::reset_peak();
  const std::int64_t before = cpu_budget::use().total();
  const AllocationTrace allocations = dry_run(model, {}, {shape});
  EXPECT_LT(cpu_budget::use().peak - before, 64 * 1024);
  std::vector<Stage> stages;
  for (const AllocationTrace::Entry& entry : allocations.entries) {
    if (entry.kind == AllocationTrace::Kind::kStage) stages.push_back(entry.stage);
  }
  EXPECT_THAT(stages, ::testing::ElementsAre(Stage::kLoad, Stage::kEncode, Stage::kDenoise,
                                             Stage::kDecode));
  EXPECT_LT(allocations.entries.size(), 20'000U);  // a thousand steps are not replayed one by one
}

}  // namespace
}  // namespace headroom
