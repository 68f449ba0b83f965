// Pictures that start from another one, beside the reference and beside what was predicted.
#include "initial_latents.h"

#include "headroom/core/error.h"
#include "headroom/core/run_record.h"
#include "headroom/diffusion/noise.h"
#include "headroom/memory/allocator_model.h"
#include "headroom/memory/plan_candidate.h"

#include "dry_run.h"
#include "pipeline/run_support.h"
#include "prompt_ids.h"
#include "request_costs.h"
#include "support/temp_folder.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <gmock/gmock.h>

namespace headroom {
namespace {

using test::FixtureCase;
using test::OpenModel;
using test::Runner;

std::vector<std::uint8_t> bytes_of(const at::Tensor& values) {
  const at::Tensor all = values.contiguous();
  const auto* const data = all.const_data_ptr<std::uint8_t>();
  return {data, data + all.numel()};
}

// A request of the fixtures with the picture that it starts from; masks are white from half on.
GenerationRequest picture_request(const FixtureCase& c) {
  GenerationRequest request = test::request_of(c);
  request.prompt = c.params.at("prompt").get<std::string>();
  request.negative_prompt = c.params.value("negative", "");
  request.strength = c.params.at("strength").get<double>();
  auto init = std::make_shared<InitImage>();
  init->image = {request.width, request.height, bytes_of(c.inputs.at("image"))};
  if (c.inputs.contains("mask")) {
    init->repaint = GreyImage{request.width, request.height, bytes_of(c.inputs.at("mask"))};
    for (std::uint8_t& value : init->repaint->grey) value = value >= 128 ? 1 : 0;
  }
  request.init = std::move(init);
  return request;
}

class ImageToImage : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { at::set_num_threads(1); }
  // A small request from a made-up picture, of which the lower half stays with a mask.
  static GenerationRequest small_request(const Runner& runner, StartFrom start) {
    GenerationRequest request = test::small_request(runner);
    const int unit = request.width;
    request.width = 2 * unit;
    request.height = 3 * unit;
    request.strength = 0.6;
    auto init = std::make_shared<InitImage>();
    init->image = {request.width, request.height, {}};
    for (int i = 0; i < 3 * request.width * request.height; ++i) {
      init->image.rgb.push_back(static_cast<std::uint8_t>(i * 7 % 251));
    }
    if (start == StartFrom::kMaskedImage) {
      init->repaint = GreyImage{request.width, request.height, {}};
      init->repaint->grey.assign(static_cast<std::size_t>(request.width * request.height), 0);
      std::fill_n(init->repaint->grey.begin(), request.width * request.height / 2, 1);
    }
    request.init = std::move(init);
    return request;
  }
};
INSTANTIATE_TEST_SUITE_P(Models, ImageToImage, ::testing::ValuesIn(test::variants()),
                         [](const auto& p) { return p.param; });

TEST_P(ImageToImage, EveryStageOfEveryRunIsTheReferences) {
  const c10::InferenceMode inference;
  OpenModel model(GetParam());
  const PromptTokenizer tokenizer(model.folder.root / "tokenizer");
  TextToImage networks(model.folder, {},
                       {model.text_encoder, model.transformer, model.vae, model.vae},
                       /*background=*/true);
  networks.prepare({});
  int masked = 0;
  int runs = 0;
  for (const FixtureCase& c : test::load_group(GetParam(), "pipeline").cases) {
    if (test::is_text_to_image(c)) continue;
    SCOPED_TRACE(c.name);
    const GenerationRequest request = picture_request(c);
    const at::Tensor& expected_start = c.inputs.at("start");
    const std::vector<at::Tensor> draws = draw_noises(*request.seed, expected_start.sizes(), 2);
    EXPECT_TRUE(test::same_bits(draws[0], c.inputs.at("posterior_noise")));
    EXPECT_TRUE(test::same_bits(draws[1], c.inputs.at("init_noise")));

    std::vector<at::Tensor> latents;
    RunHooks hooks;
    hooks.trace = [&](std::string_view name, const at::Tensor& value) {
      if (name.starts_with("latents.")) latents.push_back(value.clone());
    };
    const auto features = networks.encode(encode_prompts(&tokenizer, request), {});
    const EncodedImage image = encode_init_image(networks, *request.init, at::kCPU, {});
    Sampling sampling =
        begin_sampling(networks, image, request, seeds_of(request, 0), at::kCPU, {});
    const test::Expected& steps = c.outputs.at("steps");  // [steps done, 1, C, h, w]
    EXPECT_TRUE(test::within(sampling.latents, expected_start.select(0, 0), steps.atol));
    networks.denoise(sampling, features, request, hooks);
    ASSERT_EQ(latents.size(), static_cast<std::size_t>(steps.value.size(0)) + 1);
    for (std::int64_t k = 0; k < steps.value.size(0); ++k) {
      const at::Tensor& step = latents[static_cast<std::size_t>(k) + 1];
      if (request.init->repaint && k + 1 < steps.value.size(0)) ++masked;
      EXPECT_TRUE(test::within(step, steps.value.select(0, k).select(0, 0), steps.atol))
          << "step " << k + 1;
    }
    const at::Tensor picture = networks.decode(sampling.latents, {});
    const test::Expected& u8 = c.outputs.at("u8");
    const at::Tensor expected = u8.value.select(0, 0).contiguous();
    ASSERT_EQ(picture.sizes(), expected.sizes());
    EXPECT_TRUE(test::within_one_level(picture.const_data_ptr<std::uint8_t>(),
                                       expected.const_data_ptr<std::uint8_t>(), expected.nbytes(),
                                       u8.fraction_allowed));
    ++runs;
  }
  EXPECT_EQ(runs, 5);
  EXPECT_GT(masked, 0);
}

std::vector<ExecutionOptions> execution() {
  return {{},
          {.stream_encoder = true},
          {.stream_blocks = 1},
          {.tile_latent = 1},
          {.tile_latent = 2},
          {.tile_latent = 4},
          {.cpu_decode = true},
          {.evict_encoder = true,
           .stream_encoder = true,
           .sequential_guidance = true,
           .chunk_tokens = 7,
           .stream_blocks = 2,
           .evict_transformer = true,
           .tile_latent = 2}};
}

// What the planner adds up from single stages is what a replay of the whole run says, and that is
// what the run takes.
TEST_P(ImageToImage, TakesThePredictedMemoryUnderEveryRung) {
  const c10::InferenceMode inference;
  const Runner runner(test::model_root(GetParam()));  // which lets memory be counted
  const ModelFolder& folder = runner.options.model;
  OpenModel model(GetParam());
  RequestCosts costs(folder, {}, {});
  const TimeModel times;
  for (const StartFrom start : {StartFrom::kImage, StartFrom::kMaskedImage}) {
    const GenerationRequest request = small_request(runner, start);
    const RunShape shape = runner.shape(request);
    EXPECT_EQ(shape.start, start);
    RequestCosts::ForShape of_shape(costs, shape, times);
    for (const ExecutionOptions& execution : execution()) {
      std::string text = start == StartFrom::kImage ? "image" : "masked image";
      for (const std::string& name : option_names(execution)) text += " " + name;
      SCOPED_TRACE(text);
      const TracePeaks whole = replay_cpu_budget(dry_run(folder, {}, {shape, execution}));
      const PlanCandidate composed = compose(execution, of_shape.space(), of_shape);

      DeviceBackend& device = *runner.options.device.backend;
      TextToImage networks(folder, {},
                           {model.text_encoder, model.transformer, model.vae, model.vae},
                           /*background=*/false);
      const std::int64_t before = cpu_budget::use().total();
      device.begin_run();
      const auto expect_stage = [&](Stage stage) {
        const auto taken = static_cast<double>(device.end_stage().in_use - before);
        const std::int64_t replayed = whole.stages[index_of(stage)].peak_bytes;
        EXPECT_EQ(composed.stages[index_of(stage)].peak_bytes, replayed) << stage_name(stage);
        EXPECT_NEAR(static_cast<double>(replayed), taken, 0.001 * taken + 4096)
            << stage_name(stage);
      };
      networks.prepare(execution);
      device.end_stage();
      const auto features = networks.encode(encode_prompts(runner.tokenizer.get(), request), {});
      expect_stage(Stage::kEncode);
      const EncodedImage image = encode_init_image(networks, *request.init, at::kCPU, {});
      expect_stage(Stage::kEncodeImage);
      Sampling sampling =
          begin_sampling(networks, image, request, seeds_of(request, 0), at::kCPU, {});
      networks.denoise(sampling, features, request, {});
      expect_stage(Stage::kDenoise);
      static_cast<void>(networks.decode(sampling.latents, {}));
      expect_stage(Stage::kDecode);
    }
  }
}

int largest_difference(const Image& a, const Image& b) {
  if (a.rgb.size() != b.rgb.size()) return 256;
  int largest = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) {
    largest = std::max(largest, std::abs(int{a.rgb[i]} - int{b.rgb[i]}));
  }
  return largest;
}

TEST_P(ImageToImage, TheWholeRunKeepsToItsPlanAndSaysSo) {
  const Runner runner(test::model_root(GetParam()));
  for (const StartFrom start : {StartFrom::kImage, StartFrom::kMaskedImage}) {
    GenerationRequest request = small_request(runner, start);
    request.count = 2;
    test::RecordingSink sink;
    runner.generator->generate(request, sink, {});
    ASSERT_EQ(sink.images.size(), 2U);
    const RunRecord& run_record = sink.images[0].run_record;
    EXPECT_EQ(run_record.shape.start, start);
    EXPECT_EQ(run_record.shape.steps, 2);  // of two: int(2 - 1.2) = 0 are left out
    ASSERT_NE(find_stage(run_record.plan, Stage::kEncodeImage), nullptr);
    EXPECT_GT(run_record.stage_seconds[index_of(Stage::kEncodeImage)], 0);
    EXPECT_EQ(sink.images[1].run_record.stage_seconds[index_of(Stage::kEncodeImage)], 0);
    const auto predicted = static_cast<double>(run_record.plan.peak_bytes);
    EXPECT_NEAR(static_cast<double>(run_record.actual_peak_bytes), predicted, 0.005 * predicted);
    EXPECT_EQ(run_record.driver_allocations, 0);
    std::vector<std::pair<Stage, int>> stages{
        {Stage::kLoad, 0},    {Stage::kEncode, 0}, {Stage::kEncodeImage, 0},
        {Stage::kDenoise, 0}, {Stage::kDecode, 0}, {Stage::kSave, 0},
        {Stage::kDenoise, 1}, {Stage::kDecode, 1}, {Stage::kSave, 1}};
    EXPECT_EQ(sink.stages, stages);
    // Pictures are independent of each other: the second one alone is the same.
    GenerationRequest second = request;
    second.count = 1;
    second.seed = *request.seed + 1;
    EXPECT_EQ(runner.run(second)[0].image->rgb, sink.images[1].image->rgb);
  }
}

TEST_P(ImageToImage, ASmallerPlanMakesTheSamePictureAndTooLittleIsRefused) {
  GenerationRequest request;
  std::vector<GeneratedImage> whole;
  {
    const Runner free(test::model_root(GetParam()));
    request = small_request(free, StartFrom::kMaskedImage);
    whole = free.run(request);
  }
  const std::int64_t least = test::least_need(test::model_root(GetParam()), request);
  const auto with = [](std::int64_t cap) {
    return [cap](PipelineOptions& options) { options.budget.vram_cap_bytes = cap; };
  };
  {
    const Runner small(test::model_root(GetParam()), with(least + least / 50));
    EXPECT_NE(small.forecast(request).plan.execution, std::vector<std::string>{"resident"});
    EXPECT_LE(largest_difference(*small.run(request)[0].image, *whole[0].image), 1);
  }
  const Runner none(test::model_root(GetParam()), with(least - 1));
  EXPECT_FALSE(none.forecast(request).fits);
  EXPECT_THROW((void)none.run(request), Error);
}

// The image encoder counts: at a size where it decides, a start from a picture needs more.
TEST_P(ImageToImage, NeedsAtLeastWhatTheSameRunFromNoiseNeeds) {
  const Runner runner(test::model_root(GetParam()));
  for (const int side : {64, 256, 1024}) {
    GenerationRequest request = small_request(runner, StartFrom::kImage);
    request.width = request.height = side;
    GenerationRequest plain = request;
    plain.init = nullptr;
    RunShape from_noise = runner.shape(plain);
    from_noise.steps = runner.shape(request).steps;
    from_noise.guided_steps = runner.shape(request).guided_steps;
    const MemorySnapshot memory = DeviceMemory(runner.options.device, {}).read();
    const Plan other = runner.forecaster->forecast(from_noise, 1, memory).plan;
    const Plan plan = runner.forecaster->forecast(runner.shape(request), 1, memory).plan;
    EXPECT_EQ(find_stage(other, Stage::kEncodeImage), nullptr);
    EXPECT_GE(plan.peak_bytes, other.peak_bytes);
    const StagePlan* const encode = find_stage(plan, Stage::kEncodeImage);
    ASSERT_NE(encode, nullptr);
    EXPECT_LE(encode->peak_bytes, plan.peak_bytes);
    EXPECT_GT(encode->activation_bytes, std::int64_t{3} * side * side * 4);  // the picture itself
  }
}

TEST(ImageToImageFaults, AVaeWithoutItsEncoderIsNamed) {
  const test::TempFolder folder;
  const std::string header =
      R"({"decoder.conv_in.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  std::string bytes{static_cast<char>(header.size())};
  bytes.resize(8);
  const auto file = folder.write("decoder.safetensors", bytes + header + std::string(4, '\1'));
  try {
    check_image_encoder(NetworkTensors(file, Network::kVae));
    FAIL() << "a decoder alone encodes nothing";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModelFile);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("decoder.safetensors: the VAE has no encoder"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("--vae"));
  }
  for (const std::string& name : test::variants()) {
    const ModelFolder model = read_model_folder(test::model_root(name));
    EXPECT_NO_THROW(check_image_encoder(NetworkTensors(model.parts.vae, Network::kVae)));
  }
}

TEST(ImageToImageFaults, AtAnyAllocationTheRunGoesOnToTheSamePicture) {
  const Runner runner(test::model_root("f32"));
  GenerationRequest request = test::small_request(runner);
  auto init = std::make_shared<InitImage>();
  init->image = {request.width, request.height, {}};
  init->image.rgb.assign(static_cast<std::size_t>(3 * request.width * request.height), 100);
  init->repaint = GreyImage{request.width, request.height, {}};
  init->repaint->grey.assign(static_cast<std::size_t>(request.width * request.height), 0);
  std::fill_n(init->repaint->grey.begin(), request.width * request.height / 2, 1);
  request.init = std::move(init);
  request.strength = 1;
  request.guidance_scale = 0;
  const auto undisturbed = runner.run(request);
  int in_new_stage = 0;
  for (std::int64_t n = 1;; n += 11) {
    const std::int64_t before = cpu_budget::use().allocations;
    cpu_budget::fail_allocation(n);
    test::RecordingSink sink;
    runner.generator->generate(request, sink, {});
    cpu_budget::fail_allocation(0);
    if (cpu_budget::use().allocations - before < n) break;
    ASSERT_EQ(sink.images.size(), 1U) << n;
    // A strip's rounding may turn a value to the next level.
    ASSERT_LE(largest_difference(*sink.images[0].image, *undisturbed[0].image), 1) << n;
    for (const PlanChange& change : sink.images[0].run_record.changes) {
      if (change.stage == Stage::kEncodeImage) ++in_new_stage;
    }
  }
  EXPECT_GT(in_new_stage, 2);
}

}  // namespace
}  // namespace headroom
