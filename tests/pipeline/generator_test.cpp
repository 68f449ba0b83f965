#include "headroom/core/run_record.h"
#include "headroom/core/version.h"
#include "headroom/pipeline/make_generator.h"

#include "pipeline/run_support.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <unistd.h>

namespace headroom {
namespace {

using test::FixtureCase;
using test::RecordingSink;
using test::Runner;
using test::small_request;

class GeneratorFixture : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, GeneratorFixture, ::testing::ValuesIn(test::variants()),
                         [](const auto& p) { return p.param; });

TEST_P(GeneratorFixture, PicturesAreTheReferences) {
  const Runner runner(test::model_root(GetParam()));
  int runs = 0;
  for (const FixtureCase& c : test::load_group(GetParam(), "pipeline").cases) {
    if (!test::is_text_to_image(c) || c.params.at("prompt").is_array()) continue;
    SCOPED_TRACE(c.name);
    GenerationRequest request = test::request_of(c);
    request.prompt = c.params.at("prompt").get<std::string>();
    request.negative_prompt = c.params.value("negative", "");
    const auto images = runner.run(request);
    ASSERT_EQ(images.size(), 1U);
    EXPECT_EQ(images[0].seed, request.seed);
    EXPECT_EQ(images[0].index, 0);
    const Image& image = *images[0].image;
    EXPECT_EQ(image.width, request.width);
    EXPECT_EQ(image.height, request.height);
    const test::Expected& u8 = c.outputs.at("u8");
    ASSERT_EQ(image.rgb.size(), u8.value.nbytes());
    EXPECT_TRUE(test::within_one_level(image.rgb.data(), u8.value.const_data_ptr<std::uint8_t>(),
                                       image.rgb.size(), u8.fraction_allowed));
    ++runs;
  }
  EXPECT_EQ(runs, 11);
}

// What is asked for are the files as they were opened; of a part that is not all known nothing is
// said.
TEST(Generator, ARunRecordHasTheHashesThatAreKnown) {
  std::vector<std::string> asked;
  const Runner runner(test::starter_model(), [&](PipelineOptions& options) {
    options.hash_of = [&](const std::filesystem::path& file,
                          const FileStamp& stamp) -> std::optional<std::string> {
      EXPECT_EQ(stamp.bytes, static_cast<std::int64_t>(std::filesystem::file_size(file)));
      EXPECT_NE(stamp.inode, 0U);
      asked.push_back(file.parent_path().filename().string());
      if (asked.back() == "text_encoder") return std::nullopt;
      return std::string(64, asked.back() == "vae" ? '2' : '1');
    };
  });
  GenerationRequest request = small_request(runner);
  request.count = 2;
  const auto images = runner.run(request);
  ASSERT_EQ(images.size(), 2U);
  for (const GeneratedImage& image : images) {
    const std::vector<HashedFile> expected{
        {"transformer", "diffusion_pytorch_model.safetensors", std::string(64, '1')},
        {"vae", "diffusion_pytorch_model.safetensors", std::string(64, '2')}};
    EXPECT_EQ(image.run_record.model_files, expected);
  }
  EXPECT_THAT(asked, ::testing::ElementsAre("transformer", "text_encoder", "vae", "transformer",
                                            "text_encoder", "vae"));
  EXPECT_TRUE(Runner(test::starter_model()).run(request)[0].run_record.model_files.empty());
}

TEST_P(GeneratorFixture, ARunRecordSaysWhatHappened) {
  const Runner runner(test::model_root(GetParam()));
  const GenerationRequest request = small_request(runner);
  RecordingSink sink;
  runner.generator->generate(request, sink, {});
  ASSERT_EQ(sink.plans.size(), 1U);
  ASSERT_EQ(sink.images.size(), 1U);
  const RunRecord& run_record = sink.images[0].run_record;
  EXPECT_EQ(run_record.plan.peak_bytes, sink.plans[0].peak_bytes);
  EXPECT_EQ(run_record.plan.width, request.width);
  EXPECT_EQ(run_record.plan.execution, std::vector<std::string>{"resident"});
  EXPECT_EQ(run_record.model, runner.options.model.info.name);
  EXPECT_EQ(run_record.device, "CPU budget");
  EXPECT_EQ(run_record.dtype, "fp32");
  EXPECT_EQ(run_record.version, kVersion);
  EXPECT_EQ(run_record.threads, 1);
  EXPECT_TRUE(run_record.libtorch.starts_with("2.")) << run_record.libtorch;
  EXPECT_EQ(run_record.image_index, 0);
  EXPECT_TRUE(run_record.opened);
  EXPECT_EQ(run_record.shape.steps, request.steps);
  EXPECT_EQ(run_record.shape.guided_steps, request.steps);
  const PromptTokenizer tokenizer(runner.options.model.root / "tokenizer");
  EXPECT_EQ(run_record.shape.prompt_tokens,
            static_cast<int>(tokenizer.encode_prompt(request.prompt).size()));
  EXPECT_EQ(run_record.shape.negative_tokens,
            static_cast<int>(tokenizer.encode_prompt(request.negative_prompt).size()));
  EXPECT_FALSE(runner.run(request)[0].run_record.opened);  // it still is
  for (const Stage stage : {Stage::kLoad, Stage::kEncode, Stage::kDenoise, Stage::kDecode}) {
    EXPECT_GT(run_record.stage_seconds[static_cast<std::size_t>(stage)], 0) << stage_name(stage);
    EXPECT_GT(run_record.stage_peak_bytes[static_cast<std::size_t>(stage)], 0) << stage_name(stage);
  }
  EXPECT_EQ(run_record.actual_peak_bytes, *std::max_element(run_record.stage_peak_bytes.begin(),
                                                            run_record.stage_peak_bytes.end()));
}

TEST_P(GeneratorFixture, TheSameSeedGivesTheSameBytes) {
  const Runner runner(test::model_root(GetParam()));
  const GenerationRequest request = small_request(runner);
  const auto first = runner.run(request);
  EXPECT_EQ(runner.run(request)[0].image->rgb, first[0].image->rgb);
  const Runner fresh(test::model_root(GetParam()));
  EXPECT_EQ(fresh.run(request)[0].image->rgb, first[0].image->rgb);
  GenerationRequest other = request;
  other.seed = *request.seed + 1;
  EXPECT_NE(runner.run(other)[0].image->rgb, first[0].image->rgb);
}

TEST_P(GeneratorFixture, TheNumberOfThreadsDoesNotShow) {
  const Runner one(test::model_root(GetParam()));
  const Runner two(test::model_root(GetParam()),
                   [](PipelineOptions& options) { options.threads = 2; });
  GenerationRequest request = small_request(one);
  request.width *= 2;
  const auto a = one.run(request);
  const auto b = two.run(request);
  EXPECT_TRUE(test::within_one_level(a[0].image->rgb.data(), b[0].image->rgb.data(),
                                     a[0].image->rgb.size(), 0.002));
}

TEST_P(GeneratorFixture, APictureOfManyIsThePictureOfItsOwnSeed) {
  const Runner runner(test::model_root(GetParam()));
  GenerationRequest request = small_request(runner);
  request.count = 3;
  const auto many = runner.run(request);
  ASSERT_EQ(many.size(), 3U);
  GenerationRequest single = request;
  single.count = 1;
  for (std::size_t i = 0; i < 3; ++i) {
    single.seed = *request.seed + i;
    EXPECT_EQ(many[i].index, static_cast<int>(i));
    EXPECT_EQ(many[i].seed, *single.seed);
    EXPECT_EQ(many[i].image->rgb, runner.run(single)[0].image->rgb) << i;
  }
  // The prompt is encoded and the model loaded once, for the first.
  EXPECT_GT(many[0].run_record.stage_seconds[static_cast<std::size_t>(Stage::kEncode)], 0);
  EXPECT_EQ(many[1].run_record.stage_seconds[static_cast<std::size_t>(Stage::kEncode)], 0);
  EXPECT_EQ(many[1].run_record.stage_seconds[static_cast<std::size_t>(Stage::kLoad)], 0);
}

TEST_P(GeneratorFixture, ReportsStagesAndStepsInOrder) {
  const Runner runner(test::model_root(GetParam()));
  GenerationRequest request = small_request(runner);
  request.count = 2;
  RecordingSink sink;
  runner.generator->generate(request, sink, {});
  const std::vector<std::pair<Stage, int>> stages{
      {Stage::kLoad, 0}, {Stage::kEncode, 0},  {Stage::kDenoise, 0}, {Stage::kDecode, 0},
      {Stage::kSave, 0}, {Stage::kDenoise, 1}, {Stage::kDecode, 1},  {Stage::kSave, 1}};
  EXPECT_EQ(sink.stages, stages);
  const std::vector<std::pair<int, int>> steps{{1, 2}, {2, 2}, {1, 2}, {2, 2}};
  EXPECT_EQ(sink.steps, steps);
}

TEST(Generator, ChoosesAndReportsASeedWhenNoneIsGiven) {
  const Runner runner(test::model_root("f32"));
  GenerationRequest request = small_request(runner);
  request.seed.reset();
  const auto chosen = runner.run(request);
  EXPECT_LE(chosen[0].seed, 0xFFFFFFFFU);
  const auto other = runner.run(request);
  EXPECT_NE(chosen[0].seed, other[0].seed);
  request.seed = chosen[0].seed;
  EXPECT_EQ(runner.run(request)[0].image->rgb, chosen[0].image->rgb);
}

TEST(Generator, ALargeSeedIsKeptWhole) {
  const Runner runner(test::model_root("f32"));
  GenerationRequest request = small_request(runner);
  request.seed = std::uint64_t{0xFFFFFFFFFFFFFFFF};
  request.count = 2;
  const auto images = runner.run(request);
  EXPECT_EQ(images[0].seed, std::uint64_t{0xFFFFFFFFFFFFFFFF});
  EXPECT_EQ(images[1].seed, 0U);  // wraps
}

TEST(Generator, RefusesAnInvalidRequestBeforeAnythingElse) {
  const Runner runner(test::model_root("f32"));
  GenerationRequest request = small_request(runner);
  request.width += 1;
  RecordingSink sink;
  try {
    runner.generator->generate(request, sink, {});
    FAIL() << "an odd width was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidRequest);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("multiple of 64"));
  }
  EXPECT_TRUE(sink.plans.empty());
  EXPECT_TRUE(sink.stages.empty());
}

TEST(Generator, OpensNoWeightsBeforeTheFirstRequest) {
  const auto copy =
      std::filesystem::temp_directory_path() / ("headroom-nofile-" + std::to_string(::getpid()));
  std::filesystem::copy(test::model_root("tiny"), copy, std::filesystem::copy_options::recursive);
  std::filesystem::remove(copy / "vae" / "diffusion_pytorch_model.safetensors");
  {
    const Runner runner(copy);
    const std::int64_t before = cpu_budget::use().total();
    RecordingSink sink;
    try {
      runner.generator->generate(small_request(runner), sink, {});
      FAIL() << "ran without weights";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModelFile) << error.what();
      EXPECT_THAT(error.what(), ::testing::HasSubstr("vae"));
    }
    EXPECT_EQ(cpu_budget::use().total(), before);
    // Repaired meanwhile: the same generator goes on.
    std::filesystem::copy(test::model_root("tiny") / "vae" / "diffusion_pytorch_model.safetensors",
                          copy / "vae" / "diffusion_pytorch_model.safetensors");
    EXPECT_EQ(runner.run(small_request(runner)).size(), 1U);
  }
  std::filesystem::remove_all(copy);
}

TEST(Generator, GivesAllMemoryBackWhenItGoes) {
  cpu_budget::install();
  {
    const Runner warm_up(test::model_root("tiny"));
    static_cast<void>(warm_up.run(small_request(warm_up)));
  }
  const std::int64_t before = cpu_budget::use().total();
  {
    const Runner runner(test::model_root("tiny"));
    static_cast<void>(runner.run(small_request(runner)));
    EXPECT_GT(cpu_budget::use().weights, 0);
  }
  EXPECT_EQ(cpu_budget::use().total(), before);
}

TEST(Generator, AnErrorOfTheSinkEndsTheRunAndTheNextIsAsEver) {
  const Runner runner(test::model_root("f32"));
  const GenerationRequest request = small_request(runner);
  const auto first = runner.run(request);
  RecordingSink sink;
  sink.at_stage = [](Stage stage) {
    if (stage == Stage::kSave) throw Error(ErrorKind::kIo, "the disk is full");
  };
  EXPECT_THROW(runner.generator->generate(request, sink, {}), Error);
  EXPECT_EQ(runner.run(request)[0].image->rgb, first[0].image->rgb);
}

}  // namespace
}  // namespace headroom
