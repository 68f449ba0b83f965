// int8 and 4-bit weights, which can be planned before they can be run.

#include "headroom/pipeline/run_formats.h"

#include "headroom/core/bytes.h"
#include "headroom/forecast/make_forecaster.h"
#include "headroom/pipeline/device_formats.h"
#include "headroom/pipeline/make_generator.h"

#include "pipeline/run_support.h"
#include "request_costs.h"
#include "support/paths.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

const Device kCard = pretended_device("cuda", 0, "a card");

PipelineOptions turbo(const std::string& dtype) {
  PipelineOptions options;
  options.make_forecaster = &make_forecaster;
  options.model = read_model_folder(test::source_folder() / "configs" / "models" / "z-image-turbo");
  options.device = kCard;
  options.dtype = read_number_format(dtype);
  return options;
}

Forecast forecast(const std::string& dtype, std::int64_t card_bytes) {
  GenerationRequest request;
  request.width = request.height = 512;
  MemorySnapshot card;
  card.total = card.free = card_bytes;
  return make_forecaster(turbo(dtype))->forecast(test::usual_shape(request), 1, card);
}

const StagePlan& stage_of(const Forecast& forecast, Stage stage) {
  return *find_stage(forecast.plan, stage);
}

// By parameter counts: 180,879,360 values in the matrices of each of 30 main layers, 100,925,440 in
// those of each of 35 text-encoder layers; blocks of 32 values, the rest two bytes each. Rounding
// to 64 bytes a tensor adds little.
TEST(Formats, NetworksTakeTheBytesOfTheirBlocks) {
  struct Case {
    const char* dtype;
    std::int64_t block_bytes;
  };
  for (const Case& c : {Case{"int8", 34}, Case{"q4", 18}}) {
    const RequestCosts costs(turbo(c.dtype).model,
                             choose_formats(read_number_format(c.dtype), kCard), {});
    const NetworkSizes& sizes = costs.sizes();
    const auto near_bytes = [&](std::int64_t actual, std::int64_t quantized, std::int64_t all) {
      const std::int64_t bytes = quantized / 32 * c.block_bytes + (all - quantized) * 2;
      EXPECT_GE(actual, bytes) << c.dtype;
      EXPECT_LE(actual, bytes + 521 * 64) << c.dtype;
    };
    near_bytes(sizes[NetworkId::kTransformer].bytes, 30 * 180'879'360LL, 6'154'908'736);
    near_bytes(sizes[NetworkId::kTransformer].layers.front(), 180'879'360, 180'910'336);
    near_bytes(sizes[NetworkId::kTextEncoder].bytes, 35 * 100'925'440LL, 3'532'578'560);
    near_bytes(sizes[NetworkId::kDecoder].bytes, 0, 49'545'475);
  }
}

// Published repackagings of the whole transformer: Q8_0 6.58 GB, Q4_0 3.68 GB, a few tensors of
// each left wide.
TEST(Formats, BlocksAreThoseOfPublishedFiles) {
  constexpr std::int64_t kValues = 6'154'908'736;
  const auto gigabytes = [](WeightStorage storage) {
    return static_cast<double>(quantized_row_bytes(storage, kValues)) / 1e9;
  };
  EXPECT_NEAR(gigabytes(WeightStorage::kQ8_0), 6.58, 0.06);
  EXPECT_NEAR(gigabytes(WeightStorage::kQ4), 3.68, 0.25);
}

TEST(Formats, OneUnpackedMatrixAtATimeIsWorkspace) {
  for (const char* dtype : {"int8", "q4"}) {
    const Forecast f = forecast(dtype, 24 * kGiB);
    ASSERT_TRUE(f.fits);
    const auto expect_workspace = [&](Stage stage, std::int64_t matrix) {
      EXPECT_GE(stage_of(f, stage).workspace_bytes, matrix) << dtype;
      EXPECT_LE(stage_of(f, stage).workspace_bytes, matrix + 2 * kMiB) << dtype;
    };
    expect_workspace(Stage::kDenoise, 10240LL * 3840 * 2);
    expect_workspace(Stage::kEncode, 9728LL * 2560 * 2);
  }
  EXPECT_LT(stage_of(forecast("bf16", 24 * kGiB), Stage::kDenoise).workspace_bytes, 2 * kMiB);
}

// All three networks at once: (5.43e9 + 3.53e9) values in blocks, the rest in bf16.
TEST(Formats, FourBitsAreResidentWhereEightBitsAreNot) {
  const auto is_resident = [](const std::string& dtype, std::int64_t card) {
    return forecast(dtype, card).execution == ExecutionOptions{};
  };
  EXPECT_TRUE(is_resident("q4", 8 * kGiB));     // 6.6 GB of weights
  EXPECT_FALSE(is_resident("int8", 8 * kGiB));  // 11.1 GB
  EXPECT_TRUE(is_resident("int8", 12 * kGiB));
  EXPECT_FALSE(is_resident("bf16", 12 * kGiB));  // 19.5 GB
}

TEST(Formats, FewerBitsFitSmallerCards) {
  const auto least = [](const char* dtype) { return forecast(dtype, kGiB).plan.peak_bytes; };
  EXPECT_LT(least("int8"), least("bf16"));
  EXPECT_LT(least("q4"), least("int8"));
}

TEST(Formats, WhatCanOnlyBePlannedIsNotRun) {
  for (const char* dtype : {"auto", "fp32", "bf16", "fp16", "int8"}) {
    EXPECT_NO_THROW(check_can_run(read_number_format(dtype), choose_device("cpu")));
  }
  for (const char* dtype : {"q4"}) {
    PipelineOptions options = turbo(dtype);
    options.device = choose_device("cpu");
    options.model = read_model_folder(test::starter_model());
    const auto forecaster = make_forecaster(options);
    try {
      static_cast<void>(make_generator(options, nullptr, forecaster));
      ADD_FAILURE() << dtype << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInvalidRequest);
      EXPECT_THAT(error.what(),
                  ::testing::HasSubstr("\"" + std::string(dtype) + "\" can be planned for "));
      EXPECT_THAT(error.what(), ::testing::HasSubstr("run with auto, fp32, bf16 or fp16"));
    }
  }
}

}  // namespace
}  // namespace headroom
