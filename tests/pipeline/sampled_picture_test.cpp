// Pictures that are decoded by another run than the one that sampled them.
#include "headroom/core/error.h"

#include "pipeline/run_support.h"

#include <algorithm>
#include <memory>

namespace headroom {
namespace {

using test::Runner;
using test::small_request;

struct FakeKept final : KeptSample {
  void drop() override { dropped = true; }
  bool dropped = false;
};

class Sampled : public ::testing::TestWithParam<std::string> {
 protected:
  // Keeps what runs hand over.
  [[nodiscard]] std::function<void(PipelineOptions&)> keeping(
      const std::function<void(PipelineOptions&)>& change = {}) {
    return [this, change](PipelineOptions& options) {
      options.keep_sampled = [this](const GenerationRequest& request,
                                    const SampledPicture& sampled) {
        kept.push_back(std::make_shared<SampledPicture>(sampled));
        requests.push_back(request);
        return std::make_shared<FakeKept>();
      };
      if (change) change(options);
    };
  }
  [[nodiscard]] GenerationRequest to_decode(std::size_t i) const {
    GenerationRequest request = requests.at(i);
    request.sampled = kept.at(i);
    return request;
  }
  std::vector<std::shared_ptr<const SampledPicture>> kept;
  std::vector<GenerationRequest> requests;
};

TEST_P(Sampled, AnotherRunDecodesTheSamePixelsWithinItsPrediction) {
  GenerationRequest request;
  std::vector<GeneratedImage> whole;
  {
    const Runner runner(test::model_root(GetParam()), keeping());
    request = small_request(runner);
    request.count = 2;
    whole = runner.run(request);
  }
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(requests[1].seed, request.seed);
  const Runner fresh(test::model_root(GetParam()));
  const Runner used(test::model_root(GetParam()), [](PipelineOptions&) {});
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NE(whole[i].kept, nullptr);
    EXPECT_EQ(kept[i]->index, static_cast<int>(i));
    const GenerationRequest left = to_decode(i);
    const Forecast forecast = fresh.forecast(left);
    std::vector<Stage> stages;
    for (const StagePlan& stage : forecast.plan.stages) stages.push_back(stage.stage);
    EXPECT_EQ(stages, (std::vector<Stage>{Stage::kDecode, Stage::kSave}));
    const auto made = fresh.run(left);
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].image->rgb, whole[i].image->rgb);
    EXPECT_EQ(made[0].index, static_cast<int>(i));
    EXPECT_EQ(made[0].seed, whole[i].seed);
    EXPECT_EQ(made[0].run_record.actual_peak_bytes, forecast.plan.peak_bytes);
  }
}

TEST_P(Sampled, APictureThatCannotBeKeptIsMadeAndSaid) {
  const Runner runner(test::model_root(GetParam()), [](PipelineOptions& options) {
    options.keep_sampled = [](const GenerationRequest&,
                              const SampledPicture&) -> std::shared_ptr<KeptSample> {
      throw Error(ErrorKind::kIo, say("the disk is full; free some space"));
    };
  });
  test::RecordingSink sink;
  runner.generator->generate(small_request(runner), sink, {});
  ASSERT_EQ(sink.images.size(), 1U);
  EXPECT_EQ(sink.images[0].kept, nullptr);
  ASSERT_EQ(sink.notices.size(), 1U);
  EXPECT_EQ(sink.notices[0].kind, Notice::Kind::kSampleNotKept);
  EXPECT_EQ(sink.notices[0].text.english(), "the disk is full; free some space");
}

TEST_P(Sampled, WhatAnEarlierRunLeftOnTheDeviceLeaves) {
  const Runner runner(test::model_root(GetParam()), keeping());
  const GenerationRequest request = small_request(runner);
  const auto whole = runner.run(request);
  const GenerationRequest left = to_decode(0);
  const auto made = runner.run(left);
  EXPECT_EQ(made[0].image->rgb, whole[0].image->rgb);
  EXPECT_EQ(made[0].run_record.actual_peak_bytes, runner.forecast(left).plan.peak_bytes);
  // And the next whole run is as any.
  EXPECT_EQ(runner.run(request)[0].image->rgb, whole[0].image->rgb);
}

TEST_P(Sampled, ALittleMemoryIsEnoughAndTooLittleIsRefused) {
  GenerationRequest left;
  std::vector<GeneratedImage> whole;
  {
    const Runner runner(test::model_root(GetParam()), keeping());
    whole = runner.run(small_request(runner));
    left = to_decode(0);
  }
  const std::int64_t least = test::least_need(test::model_root(GetParam()), left);
  {
    const Runner runner(test::model_root(GetParam()),
                        [&](PipelineOptions& options) { options.budget.vram_cap_bytes = least; });
    const auto made = runner.run(left);
    EXPECT_TRUE(test::within_one_level(made[0].image->rgb.data(), whole[0].image->rgb.data(),
                                       whole[0].image->rgb.size(), 0.002));
    EXPECT_LE(made[0].run_record.actual_peak_bytes, least);
  }
  const Runner none(test::model_root(GetParam()),
                    [&](PipelineOptions& options) { options.budget.vram_cap_bytes = least - 1; });
  EXPECT_THROW(static_cast<void>(none.run(left)), Error);
}

TEST_P(Sampled, IsDecodedInTheNumberFormatOfItsRun) {
  std::vector<GeneratedImage> whole;
  {
    const Runner runner(test::model_root(GetParam()), keeping([](PipelineOptions& options) {
                          options.dtype = NumberFormat::kBfloat16;
                        }));
    whole = runner.run(small_request(runner));
    // Some processors convolve no bfloat16, so the decoder is in float32 there.
    ASSERT_EQ(kept[0]->decoder_format,
              runner.options.device.backend->convolves_bfloat16() ? "bf16" : "fp32");
  }
  const Runner in_float(test::model_root(GetParam()));
  EXPECT_EQ(in_float.run(to_decode(0))[0].image->rgb, whole[0].image->rgb);
}

TEST_P(Sampled, AModelWithOtherLatentsIsRefused) {
  const Runner runner(test::model_root(GetParam()), keeping());
  static_cast<void>(runner.run(small_request(runner)));
  GenerationRequest left = to_decode(0);
  auto other = std::make_shared<SampledPicture>(*left.sampled);
  other->shape = {1, 2, 3};
  left.sampled = other;
  try {
    static_cast<void>(runner.run(left));
    ADD_FAILURE() << "it was decoded";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kModelFile);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Sampled, ::testing::ValuesIn(test::variants()));

}  // namespace
}  // namespace headroom
