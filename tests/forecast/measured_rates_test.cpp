#include "headroom/forecast/measured_rates.h"

#include "headroom/core/bytes.h"
#include "headroom/core/run_record.h"
#include "headroom/forecast/overhead_file.h"
#include "headroom/forecast/rates_file.h"
#include "headroom/memory/device_rates.h"

#include "pipeline/run_support.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <ATen/Parallel.h>
#include <gmock/gmock.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

constexpr DeviceRates kRates{1e11, 2e11, 3e11, 4e11, 5e11, 6e9, 1e-3, 1e-9, 2e-3, 2e-9};

class RatesFile : public ::testing::Test {
 protected:
  RatesFile() {
    std::string name = (fs::temp_directory_path() / "headroom_rates_XXXXXX").string();
    folder_ = mkdtemp(name.data());
    file_ = folder_ / "state" / "rates.json";
  }
  ~RatesFile() override { fs::remove_all(folder_); }
  fs::path folder_, file_;
  RatesKey key_{"a card", "2.13.0", "0.1.0", "bf16", 0};
};

TEST_F(RatesFile, KeepsWhatWasMeasuredForEachKey) {
  EXPECT_FALSE(read_rates(file_, key_));
  write_rates(file_, key_, kRates);
  RatesKey other = key_;
  other.dtype = "fp32";
  EXPECT_FALSE(read_rates(file_, other));
  DeviceRates faster = kRates;
  faster.wide_product *= 2;
  write_rates(file_, other, faster);
  EXPECT_EQ(read_rates(file_, key_), kRates);
  EXPECT_EQ(read_rates(file_, other), faster);
  write_rates(file_, key_, faster);  // in the place of the first
  EXPECT_EQ(read_rates(file_, key_), faster);
  forget_rates(file_, key_);
  EXPECT_FALSE(read_rates(file_, key_));
  EXPECT_EQ(read_rates(file_, other), faster);
}

TEST_F(RatesFile, ADamagedFileIsMeasuredAnew) {
  write_rates(file_, key_, kRates);
  for (const char* const text : {"", "{", "{\"rates\": [{}]}", "[]", "{\"rates\": 3}"}) {
    std::ofstream(file_) << text;
    EXPECT_FALSE(read_rates(file_, key_)) << text;
  }
  write_rates(file_, key_, kRates);
  EXPECT_EQ(read_rates(file_, key_), kRates);
}

// As by hand, or by a clock that stood still: with them a plan would take no time, or for ever.
TEST_F(RatesFile, RatesThatNoDeviceHasAreMeasuredAnew) {
  struct {
    double DeviceRates::*rate;
    double value;
  } constexpr kAbsurd[] = {
      {&DeviceRates::narrow_product, 0},         {&DeviceRates::wide_product, 1e30},
      {&DeviceRates::attention, 1e-3},           {&DeviceRates::narrow_convolution, 0},
      {&DeviceRates::wide_convolution, 0},       {&DeviceRates::copy_bytes, 0},
      {&DeviceRates::copy_bytes, 1e30},          {&DeviceRates::block_seconds, 1e6},
      {&DeviceRates::block_value_seconds, 1e30}, {&DeviceRates::layer_seconds, 1e6},
      {&DeviceRates::layer_value_seconds, 1.0}};
  for (const auto& [rate, value] : kAbsurd) {
    DeviceRates rates = kRates;
    rates.*rate = value;
    write_rates(file_, key_, rates);
    EXPECT_FALSE(read_rates(file_, key_)) << value;
  }
  write_rates(file_, key_, kRates);
  EXPECT_EQ(read_rates(file_, key_), kRates);
}

TEST_F(RatesFile, WhatNoCardTakesBesideItsTensorsIsMeasuredAnew) {
  constexpr CardOverhead kUsual{200 * kMiB, 150 * kMiB};
  for (const CardOverhead absurd : {CardOverhead{200 * kMiB, 100 * kGiB},
                                    {100 * kGiB, 150 * kMiB},
                                    {-1, 150 * kMiB},
                                    {200 * kMiB, -1}}) {
    write_overhead(file_, key_, absurd);
    EXPECT_FALSE(read_overhead(file_, key_)) << absurd.context << " and " << absurd.loaded;
  }
  write_overhead(file_, key_, kUsual);
  ASSERT_TRUE(read_overhead(file_, key_));
  EXPECT_EQ(read_overhead(file_, key_)->loaded, kUsual.loaded);
}

TEST(MeasuredRates, AreThoseOfThisDeviceAndCostItNoBudget) {
  cpu_budget::install();
  cpu_budget::set_limit(0);
  cpu_budget::reset_peak();
  const std::int64_t before = cpu_budget::use().total();
  const Device cpu = choose_device("cpu");
  const DeviceRates rates = measure_rates(cpu, NumberFormat::kFloat32, 1);
  at::set_num_threads(1);
  EXPECT_EQ(cpu_budget::use().total(), before);
  EXPECT_EQ(cpu_budget::use().peak, before);
  for (const double rate : {rates.narrow_product, rates.wide_product, rates.attention,
                            rates.narrow_convolution, rates.wide_convolution, rates.copy_bytes}) {
    EXPECT_GT(rate, 1e6);
    EXPECT_LT(rate, 1e15);
  }
  EXPECT_GT(rates.block_seconds + rates.block_value_seconds, 0);
  EXPECT_GT(rates.layer_seconds + rates.layer_value_seconds, 0);
  const RatesKey key = rates_key(cpu, NumberFormat::kAuto, 3);
  EXPECT_THAT(key.device, ::testing::StartsWith("CPU budget, "));
  EXPECT_EQ(key.dtype, "fp32");
  EXPECT_EQ(key.threads, 3);
}

// Before the first run the seconds are those of the rates, and say so; then those of the run.
TEST(MeasuredRates, GivePlansSecondsUntilARunTells) {
  const auto root = test::model_root("tiny");
  const test::Runner unmeasured(root);
  const GenerationRequest request = test::small_request(unmeasured);
  EXPECT_EQ(unmeasured.forecast(request).plan.seconds, 0);

  const test::Runner runner(
      root, [](PipelineOptions& options) { options.rates = [] { return kRates; }; });
  const Plan estimated = runner.forecast(request).plan;
  EXPECT_GT(estimated.seconds, 0);
  EXPECT_TRUE(estimated.seconds_are_estimated);
  const test::Runner slower(root, [](PipelineOptions& options) {
    options.rates = [] {
      DeviceRates rates = kRates;
      rates.block_seconds *= 100;
      return rates;
    };
  });
  EXPECT_GT(slower.forecast(request).plan.seconds, 2 * estimated.seconds);

  const RunRecord run_record = runner.run(request).at(0).run_record;
  EXPECT_TRUE(run_record.plan.seconds_are_estimated);
  ASSERT_TRUE(runner.forecaster->learn(run_record));
  const Plan told = runner.forecast(request).plan;
  EXPECT_FALSE(told.seconds_are_estimated);
  const auto denoise = static_cast<std::size_t>(Stage::kDenoise);
  EXPECT_NEAR(find_stage(told, Stage::kDenoise)->seconds, run_record.stage_seconds[denoise],
              0.01 * run_record.stage_seconds[denoise]);
}

// A device that was measured while something else ran is measured again; one run says so, and once.
TEST(MeasuredRates, AreDistrustedWhenTheFirstRunIsFarFromThem) {
  int distrusted = 0;
  const auto learn = [&distrusted](double actual_to_estimated, double block_seconds = 10) {
    const test::Runner runner(test::model_root("tiny"), [&](PipelineOptions& options) {
      options.rates = [block_seconds] {
        DeviceRates rates = kRates;
        rates.block_seconds = block_seconds;
        return rates;
      };
      options.distrust_rates = [&] { ++distrusted; };
    });
    RunRecord run_record = runner.run(test::small_request(runner)).at(0).run_record;
    const auto denoise = static_cast<std::size_t>(Stage::kDenoise);
    run_record.stage_seconds[denoise] =
        actual_to_estimated * find_stage(run_record.plan, Stage::kDenoise)->seconds;
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(runner.forecaster->learn(run_record));
  };
  for (const double near : {0.6, 1.0, 1.8}) learn(near);
  learn(2.2, /*block_seconds=*/1e-6);  // in no time at all, which says nothing
  EXPECT_EQ(distrusted, 0);
  learn(2.2);
  EXPECT_EQ(distrusted, 1);
  learn(0.4);
  EXPECT_EQ(distrusted, 2);
}

}  // namespace
}  // namespace headroom
