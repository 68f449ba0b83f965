#include "dump.h"
#include "number_format.h"
#include "pipeline/run_support.h"
#include "preview.h"
#include "replay.h"
#include "stage_work.h"
#include "threads.h"

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
  const Device cpu;
  const Device card{Device::Kind::kCuda, 0, "a card"};
  EXPECT_EQ(choose_formats("auto", cpu).name, "fp32");
  EXPECT_EQ(choose_formats("auto", card).name, "bf16");
  EXPECT_EQ(choose_formats("auto", card).networks, at::kBFloat16);
  EXPECT_EQ(choose_formats("auto", card).vae, at::kFloat);
  EXPECT_EQ(choose_formats("bf16", cpu).networks, at::kBFloat16);
  EXPECT_EQ(choose_formats("fp16", card).networks, at::kHalf);
  EXPECT_EQ(choose_formats("fp16", card).vae, at::kFloat);  // float16 overflows in it
  try {
    static_cast<void>(choose_formats("fp8", cpu));
    FAIL() << "fp8 was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidRequest);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("auto, fp32, bf16 or fp16"));
  }
}

TEST(Threads, ZeroMeansOneACore) {
  EXPECT_EQ(resolve_threads(3), 3);
  EXPECT_GE(resolve_threads(0), 1);
  EXPECT_EQ(resolve_threads(0), resolve_threads(-1));
}

TEST(Preview, MapsLatentsToColours) {
  const TemporaryFolder folder;
  std::ofstream(folder.path / "preview.json")
      << R"({"weights": [[0.5, 0, 0], [0, -1, 10]], "bias": [0.25, 0.5, 0]})";
  const auto preview = LatentPreview::load(folder.path, 2);
  ASSERT_TRUE(preview);
  const at::Tensor latents = at::full({2, 1, 3}, 0.5);
  const auto image = preview->draw(latents);
  EXPECT_EQ(image->width, 3);
  EXPECT_EQ(image->height, 1);
  // 0.5*0.5 + 0.25, 0.5 - 0.5, and clamped to one.
  const std::vector<std::uint8_t> pixel{128, 0, 255};
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(image->rgb[i], pixel[i % 3]) << i;
}

TEST(Preview, AFileThatDoesNotFitMeansNoPreviews) {
  const TemporaryFolder folder;
  EXPECT_FALSE(LatentPreview::load(folder.path, 2));
  for (const char* text :
       {"", "{", "[]", R"({"weights": [[1, 2, 3]]})", R"({"weights": [[1, 2]], "bias": [0, 0, 0]})",
        R"({"weights": "x", "bias": [0, 0, 0]})",
        R"({"weights": [[1, 2, 3]], "bias": [0, 0, 0]})"}) {
    std::ofstream(folder.path / "preview.json") << text;
    EXPECT_FALSE(LatentPreview::load(folder.path, 2)) << text;
  }
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

TEST(StageWork, GrowsWithWhatTheStageDoes) {
  const ModelFolder model = read_model_folder(test::model_root("tiny"));
  const PromptIds ids{std::vector<std::int32_t>(20), {}};
  const PromptIds guided{std::vector<std::int32_t>(20), std::vector<std::int32_t>(20)};
  GenerationRequest request;
  request.width = request.height = 64;
  request.steps = 4;
  GenerationRequest longer = request;
  longer.steps = 8;
  GenerationRequest larger = request;
  larger.width = 256;  // 64 rows of tokens; up to 32 cost the same
  const auto work = [&](Stage stage, const GenerationRequest& r, const PromptIds& i) {
    return stage_work(stage, model, r, i);
  };
  EXPECT_DOUBLE_EQ(work(Stage::kDenoise, longer, ids), 2 * work(Stage::kDenoise, request, ids));
  EXPECT_DOUBLE_EQ(work(Stage::kDenoise, request, guided), 2 * work(Stage::kDenoise, request, ids));
  EXPECT_GT(work(Stage::kDenoise, larger, ids), work(Stage::kDenoise, request, ids));
  EXPECT_DOUBLE_EQ(work(Stage::kEncode, request, guided), 2 * work(Stage::kEncode, request, ids));
  EXPECT_DOUBLE_EQ(work(Stage::kDecode, larger, ids), 4 * work(Stage::kDecode, request, ids));
  EXPECT_DOUBLE_EQ(work(Stage::kLoad, request, ids), work(Stage::kLoad, larger, guided));
}

TEST(Replay, MarksEveryStageAndTakesNoMemory) {
  cpu_budget::install();
  const ModelFolder model = read_model_folder(test::model_root("tiny"));
  GenerationRequest request;
  request.width = request.height = 1024;
  request.steps = 1000;
  request.guidance_scale = 1;
  const PromptIds ids{std::vector<std::int32_t>(20), std::vector<std::int32_t>(8)};
  cpu_budget::reset_peak();
  const std::int64_t before = cpu_budget::use().total();
  const Ledger ledger = replay(model, {}, request, ids, 1);
  EXPECT_LT(cpu_budget::use().peak - before, 64 * 1024);
  std::vector<Stage> stages;
  for (const Ledger::Entry& entry : ledger.entries) {
    if (entry.kind == Ledger::Kind::kStage) stages.push_back(entry.stage);
  }
  EXPECT_THAT(stages, ::testing::ElementsAre(Stage::kLoad, Stage::kEncode, Stage::kDenoise,
                                             Stage::kDecode));
  EXPECT_LT(ledger.entries.size(), 20'000U);  // a thousand steps are not replayed one by one
}

}  // namespace
}  // namespace headroom
