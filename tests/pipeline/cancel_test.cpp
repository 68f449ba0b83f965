#include "headroom/core/error.h"
#include "headroom/diffusion/noise.h"
#include "headroom/pipeline/text_to_image.h"

#include "pipeline/run_support.h"
#include "prompt_ids.h"

#include <stop_token>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

using test::RecordingSink;
using test::Runner;
using test::small_request;

class Cancel : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, Cancel, ::testing::ValuesIn(test::variants()),
                         [](const auto& p) { return p.param; });

// Every place where a run looks whether it should stop, in turn: nothing follows it.
TEST_P(Cancel, StopsWithinOneBlockOfAnyNetwork) {
  const c10::InferenceMode inference;
  cpu_budget::install();
  at::set_num_threads(1);
  test::OpenModel model(GetParam());
  const PromptTokenizer tokenizer(model.folder.root / "tokenizer");
  TextToImage networks(model.folder, {},
                       {model.text_encoder, model.transformer, model.vae, model.vae},
                       /*background=*/true);
  networks.prepare({});
  GenerationRequest request;
  request.prompt = "a fox";
  request.width = request.height = model.folder.info.size_unit;
  request.steps = 2;
  request.guidance_scale = 1.5;
  const PromptIds ids = encode_prompts(&tokenizer, request);

  int checks = 0;
  int stop_at = 0;  // 0 = never
  RunHooks hooks;
  hooks.check = [&] {
    if (++checks == stop_at) throw Cancelled{};
  };
  int checks_before_decode = 0;
  const auto run = [&] {
    checks = 0;
    const TextToImage::Features features = networks.encode(ids, hooks);
    Sampling sampling{draw_noise(1, networks.latent_shape(request))};
    networks.denoise(sampling, features, request, hooks);
    checks_before_decode = checks;
    return networks.decode(sampling.latents, hooks);
  };
  const at::Tensor undisturbed = run();
  const int all = checks;
  const int encoder_layers = model.folder.text_encoder.num_hidden_layers - 1;
  const int blocks = model.folder.transformer.n_layers + model.folder.transformer.n_refiner_layers;
  // Two prompts, encoded and refined; two steps of two branches of the transformer.
  const int refiners = model.folder.transformer.n_refiner_layers;
  EXPECT_EQ(checks_before_decode, 2 * (encoder_layers + refiners) + 2 * 2 * blocks);
  const VaeConfig& vae = model.folder.vae;
  const int vae_blocks = static_cast<int>(vae.block_out_channels.size());
  // Mid: two; a resnet each; an upsampler each but the last; the end.
  EXPECT_EQ(all - checks_before_decode,
            2 + vae_blocks * (vae.layers_per_block + 1) + vae_blocks - 1 + 1);

  const std::int64_t before = cpu_budget::use().total();
  for (stop_at = 1; stop_at <= all; ++stop_at) {
    EXPECT_THROW(static_cast<void>(run()), Cancelled) << stop_at;
    EXPECT_EQ(checks, stop_at);
    EXPECT_EQ(cpu_budget::use().total(), before) << stop_at;
  }
  stop_at = 0;
  EXPECT_TRUE(test::same_bits(run(), undisturbed));
}

// Runs until `at` requests the stop.
void cancel(const Runner& runner, const GenerationRequest& request,
            const std::function<void(RecordingSink&, std::stop_source&)>& arm,
            RecordingSink& sink) {
  std::stop_source source;
  arm(sink, source);
  EXPECT_THROW(runner.generator->generate(request, sink, source.get_token()), Cancelled);
  EXPECT_TRUE(sink.images.empty());
}

TEST_P(Cancel, LeavesTheGeneratorAsItWas) {
  const Runner runner(test::model_root(GetParam()));
  const GenerationRequest request = small_request(runner);
  const auto undisturbed = runner.run(request);
  const std::int64_t before = cpu_budget::use().total();
  const auto expect_as_before = [&] {
    EXPECT_EQ(cpu_budget::use().total(), before);
    EXPECT_EQ(runner.run(request)[0].image->rgb, undisturbed[0].image->rgb);
  };

  RecordingSink early;
  cancel(
      runner, request, [](RecordingSink&, std::stop_source& source) { source.request_stop(); },
      early);
  EXPECT_TRUE(early.stages.empty());
  expect_as_before();

  for (const Stage stage : {Stage::kEncode, Stage::kDenoise, Stage::kDecode}) {
    SCOPED_TRACE(stage_name(stage));
    RecordingSink sink;
    cancel(
        runner, request,
        [stage](RecordingSink& s, std::stop_source& source) {
          s.at_stage = [stage, &source](Stage now) {
            if (now == stage) source.request_stop();
          };
        },
        sink);
    EXPECT_EQ(sink.stages.back().first, stage);
    expect_as_before();
  }

  RecordingSink sink;
  cancel(
      runner, request,
      [](RecordingSink& s, std::stop_source& source) {
        s.at_step = [&source](int step) {
          if (step == 1) source.request_stop();
        };
      },
      sink);
  EXPECT_EQ(sink.steps.size(), 1U);
  expect_as_before();
}

TEST_P(Cancel, KeepsThePicturesThatAreDone) {
  const Runner runner(test::model_root(GetParam()));
  GenerationRequest request = small_request(runner);
  request.count = 3;
  RecordingSink sink;
  std::stop_source source;
  sink.at_stage = [&](Stage stage) {
    if (stage == Stage::kDenoise && sink.images.size() == 1) source.request_stop();
  };
  EXPECT_THROW(runner.generator->generate(request, sink, source.get_token()), Cancelled);
  EXPECT_EQ(sink.images.size(), 1U);
}

}  // namespace
}  // namespace headroom
