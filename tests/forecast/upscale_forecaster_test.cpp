#include "headroom/forecast/upscale_forecaster.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/device/device.h"

#include "support/fixture.h"
#include "support/temp_folder.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

MemorySnapshot memory_of(std::int64_t bytes) {
  MemorySnapshot snapshot;
  snapshot.total = bytes;
  snapshot.free = bytes;
  snapshot.source = "CPU budget";
  return snapshot;
}

DeviceRates rates() {
  DeviceRates rates;
  rates.narrow_convolution = 1e9;
  rates.wide_convolution = 1e9;
  return rates;
}

UpscaleForecaster forecaster(std::optional<DeviceRates> known = rates()) {
  return {choose_device("cpu"), {std::nullopt, 0}, [known] { return known; }};
}

Upscale by(const char* name, int scale) {
  return {(test::upscaler_files() / name).string(), scale};
}

RunRecord run_of(const Upscale& asked, Size picture, double seconds) {
  RunRecord record;
  record.shape.start = StartFrom::kFinished;
  record.scale = asked.scale;
  record.plan.width = picture.width * asked.scale;
  record.plan.height = picture.height * asked.scale;
  record.model = upscaler_name(asked);
  record.device = choose_device("cpu").name;
  record.stage_seconds[index_of(Stage::kUpscale)] = seconds;
  return record;
}

// A 3x3 convolution is nine products and nine sums for each pair of channels, of which there are at
// least 16.
TEST(UpscaleForecaster, CountsTheOperations) {
  const auto flops = [](const UpscalerConfig& config, double pixels) {
    return 1e9 * estimate_upscale_seconds(config, pixels, rates());
  };
  const UpscalerConfig small{
      .kind = UpscalerKind::kSrvggNet, .scale = 4, .channels = 20, .blocks = 2};
  EXPECT_NEAR(flops(small, 100), 100 * 18 * (16 * 20 + 2 * 20 * 20 + 20 * 48), 1e-3);
  const UpscalerConfig dense{.scale = 2, .unshuffle = 1, .channels = 40, .growth = 20, .blocks = 1};
  const double block = 20 * (40 + 60 + 80 + 100) + 120 * 40;
  EXPECT_NEAR(flops(dense, 1),
              18 * (16 * 40 + 3 * block + 40 * 40 + 4 * (40 * 40) + 4 * (40 * 40 + 40 * 16)), 1e-3);
  const UpscalerConfig cells{.scale = 2, .unshuffle = 4, .channels = 40, .growth = 20, .blocks = 1};
  EXPECT_NEAR(
      flops(cells, 16),
      18 * (48 * 40 + 3 * block + 40 * 40 + (4 + 16 + 64) * (40 * 40) + 64 * (40 * 40 + 40 * 16)),
      1e-3)
      << "for one cell of 16 pixels";
}

// Narrow convolutions take as long as their values need to pass; so does the result.
TEST(UpscaleForecaster, CountsTheValuesOfNarrowNetworks) {
  DeviceRates passing;
  passing.narrow_convolution = passing.wide_convolution = 1e300;
  passing.layer_value_seconds = 1e-6;
  const UpscalerConfig narrow{
      .kind = UpscalerKind::kSrvggNet, .scale = 2, .channels = 8, .blocks = 2};
  EXPECT_NEAR(estimate_upscale_seconds(narrow, 1e6, passing),
              (3 + 8) + 2 * (8 + 8) + (8 + 12) + 3 * 4, 1e-9);
  const UpscalerConfig wide{
      .kind = UpscalerKind::kSrvggNet, .scale = 4, .channels = 64, .blocks = 2};
  EXPECT_NEAR(estimate_upscale_seconds(wide, 1e6, passing), (3 + 64) + 3 * 16, 1e-9);
}

TEST(UpscaleForecaster, TellsWhatTheRunNeedsAndHowLargeItsResultIs) {
  UpscaleForecaster all = forecaster();
  const Upscale asked = by("x4.safetensors", 4);
  const Forecast forecast = all.forecast(asked, {48, 32}, memory_of(kGiB));
  const UpscaleForecast plan = all.plan(asked, {48, 32}, memory_of(kGiB));
  EXPECT_TRUE(forecast.fits);
  EXPECT_EQ(forecast.plan.peak_bytes, plan.plan.peak_bytes);
  EXPECT_EQ(forecast.plan.width, 192);
  EXPECT_EQ(forecast.plan.height, 128);
  ASSERT_NE(find_stage(forecast.plan, Stage::kUpscale), nullptr);
  EXPECT_EQ(find_stage(forecast.plan, Stage::kUpscale)->peak_bytes, plan.plan.peak_bytes);
  EXPECT_EQ(find_stage(forecast.plan, Stage::kDenoise), nullptr);
}

TEST(UpscaleForecaster, WhatDoesNotFitSaysWhatIsMissing) {
  UpscaleForecaster all = forecaster();
  const Forecast forecast = all.forecast(by("x4.safetensors", 4), {512, 512}, memory_of(kMiB));
  EXPECT_FALSE(forecast.fits);
  EXPECT_EQ(forecast.shortfall_bytes, forecast.plan.peak_bytes - kMiB);
  EXPECT_FALSE(forecast.reason.empty());
}

TEST(UpscaleForecaster, ThePlanSaysInHowManyPiecesItWorks) {
  UpscaleForecaster all = forecaster();
  const Upscale asked = by("x4.safetensors", 4);
  const Forecast whole = all.forecast(asked, {512, 512}, memory_of(64 * kGiB));
  EXPECT_EQ(whole.plan.execution, option_names({}));
  const MemorySnapshot less = memory_of(whole.plan.peak_bytes / 2);
  const UpscaleForecast plan = all.plan(asked, {512, 512}, less);
  ASSERT_TRUE(plan.fits);
  ASSERT_GT(plan.plan.pieces, 1);
  EXPECT_EQ(all.forecast(asked, {512, 512}, less).plan.execution,
            std::vector<std::string>{"pieces:" + std::to_string(plan.plan.pieces)});
}

TEST(UpscaleForecaster, WhatTheModelHoldsIsFreeForIt) {
  UpscaleForecaster all = forecaster();
  MemorySnapshot held = memory_of(kGiB);
  held.weights = kGiB;
  held.free = 0;
  held.host_available = 600 * kMiB;
  EXPECT_TRUE(all.forecast(by("x4.safetensors", 4), {64, 64}, held).fits);
}

TEST(UpscaleForecaster, SecondsAreThoseOfTheLastRunByItsPixels) {
  UpscaleForecaster all = forecaster();
  const Upscale asked = by("general_x2.pth", 2);
  const Size size{50, 40};
  // Of the enlarging itself; saving comes on top.
  const auto seconds = [&](Size of) {
    Plan plan = all.forecast(asked, of, memory_of(kGiB)).plan;
    const double save = find_stage(plan, Stage::kSave)->seconds;
    EXPECT_GT(save, 0);
    plan.seconds -= save;
    return plan;
  };
  const UpscalerConfig config{
      .kind = UpscalerKind::kSrvggNet, .scale = 2, .channels = 8, .blocks = 2};
  const double by_rates = estimate_upscale_seconds(config, 2000, rates());
  EXPECT_NEAR(seconds(size).seconds, by_rates, 1e-9 * by_rates);
  EXPECT_TRUE(seconds(size).seconds_are_estimated);
  all.learn(run_of(asked, size, 3));
  EXPECT_NEAR(seconds(size).seconds, 3, 1e-9);
  EXPECT_NEAR(seconds({100, 80}).seconds, 12, 1e-9);
  EXPECT_FALSE(seconds(size).seconds_are_estimated);
  EXPECT_EQ(forecaster(std::nullopt).forecast(asked, size, memory_of(kGiB)).plan.seconds, 0)
      << "nobody knows";
}

TEST(UpscaleForecaster, LearnsNothingFromRunsOfOtherKindsAndDevices) {
  UpscaleForecaster all = forecaster();
  const Upscale asked = by("general_x2.pth", 2);
  const auto is_estimated = [&] {
    return all.forecast(asked, {50, 40}, memory_of(kGiB)).plan.seconds_are_estimated;
  };
  RunRecord of_model = run_of(asked, {50, 40}, 3);
  of_model.scale = 0;
  all.learn(of_model);
  RunRecord of_card = run_of(asked, {50, 40}, 3);
  of_card.device = "A card";
  all.learn(of_card);
  all.learn(run_of(by("general_x4.pth", 2), {50, 40}, 3));
  all.learn(run_of(asked, {0, 0}, 3));
  EXPECT_TRUE(is_estimated());
  all.learn(run_of(asked, {50, 40}, 3));
  EXPECT_FALSE(is_estimated());
}

TEST(UpscaleForecaster, LanczosNeedsNothingOfTheDevice) {
  UpscaleForecaster all = forecaster();
  const Forecast forecast = all.forecast({kLanczos, 3}, {512, 512}, memory_of(0));
  EXPECT_TRUE(forecast.fits);
  EXPECT_EQ(forecast.plan.peak_bytes, 0);
  EXPECT_EQ(forecast.plan.width, 1536);
  EXPECT_GT(forecast.plan.seconds, 0);
}

TEST(UpscaleForecaster, OfAProgramOnlyTheSecondsAreKnownAfterItsFirstRun) {
  UpscaleForecaster all = forecaster();
  const Upscale asked{"/usr/bin/realesrgan-ncnn-vulkan", 2};
  Forecast found = all.forecast(asked, {10, 10}, memory_of(kMiB));
  EXPECT_TRUE(found.fits);
  EXPECT_EQ(found.plan.width, 20);
  EXPECT_EQ(found.plan.peak_bytes, 0);
  EXPECT_EQ(found.plan.seconds, 0) << "nobody knows";
  all.learn(run_of(asked, {10, 10}, 3));
  found = all.forecast(asked, {20, 10}, memory_of(kMiB));
  EXPECT_DOUBLE_EQ(find_stage(found.plan, Stage::kUpscale)->seconds, 6);
  EXPECT_FALSE(found.plan.seconds_are_estimated);
}

TEST(UpscaleForecaster, AFileThatBecomesAnotherIsReadAgainAndADamagedOneIsRefused) {
  UpscaleForecaster all = forecaster();
  const test::TempFolder folder;
  const fs::path file = folder.path() / "model.pth";
  fs::copy_file(test::upscaler_files() / "general_x4.pth", file);
  const Upscale asked{file.string(), 2};
  const auto peak = [&] { return all.forecast(asked, {64, 64}, memory_of(kGiB)).plan.peak_bytes; };
  const std::int64_t first = peak();
  const auto written = fs::last_write_time(file);
  fs::remove(file);
  fs::copy_file(test::upscaler_files() / "x4.pth", file);
  fs::last_write_time(file, written + std::chrono::seconds(1));
  EXPECT_NE(peak(), first);
  fs::resize_file(file, 1000);
  fs::last_write_time(file, written + std::chrono::seconds(2));
  EXPECT_THROW(static_cast<void>(peak()), Error);
}

}  // namespace
}  // namespace headroom
