#include "headroom/forecast/upscale_forecaster.h"

#include "headroom/weights/upscaler_file.h"

#include "stage_time.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace headroom {
namespace {

// Pixels of the result per second on one core; only used to say "less than a second".
constexpr double kLanczosPixels = 10e6;

// Programs are told from files of weights by their ending.
bool is_network(const Upscale& asked) {
  return asked.model != kLanczos && std::filesystem::path(asked.model).has_extension();
}

// Sums the seconds of 3x3 convolutions.
struct Convolutions {
  const DeviceRates& rates;
  double seconds = 0;

  // Of `in` to `out` channels on `area` cells. Kernels compute at least 16 channels. Where there
  // are fewer, what passes through takes longer than the products.
  void add(double in, double out, double area) {
    constexpr double kPadded = 16;
    const double narrow = std::min(in, out);
    seconds += 18 * std::max(in, kPadded) * std::max(out, kPadded) * area /
               convolution_rate(rates, std::max(narrow, kPadded));
    if (narrow < kPadded) seconds += area * (in + out) * rates.layer_value_seconds;
  }
};

void add_srvgg(const UpscalerConfig& c, double pixels, Convolutions& all) {
  const double n = c.channels;
  all.add(3, n, pixels);
  all.add(n, n, c.blocks * pixels);
  all.add(n, 3.0 * c.scale * c.scale, pixels);
}

void add_rrdb(const UpscalerConfig& c, double pixels, Convolutions& all) {
  const double n = c.channels;
  const double cells = pixels / (1.0 * c.unshuffle * c.unshuffle);
  all.add(3.0 * c.unshuffle * c.unshuffle, n, cells);
  const double dense_blocks = 3.0 * c.blocks;
  for (int i = 0; i < 4; ++i) all.add(n + i * c.growth, c.growth, dense_blocks * cells);
  all.add(n + 4.0 * c.growth, n, dense_blocks * cells);
  all.add(n, n, cells);
  double area = cells;
  for (int i = 0; i < c.doublings(); ++i) all.add(n, n, area *= 4);
  all.add(n, n, area);
  all.add(n, 3, area);
}

}  // namespace

double estimate_upscale_seconds(const UpscalerConfig& config, double pixels,
                                const DeviceRates& rates) {
  Convolutions all{rates};
  switch (config.kind) {
    case UpscalerKind::kRrdbNet:
      add_rrdb(config, pixels, all);
      break;
    case UpscalerKind::kSrvggNet:
      add_srvgg(config, pixels, all);
      break;
  }
  return all.seconds + 3 * pixels * config.scale * config.scale * rates.layer_value_seconds;
}

UpscaleForecaster::UpscaleForecaster(Device device, BudgetOptions budget,
                                     std::function<std::optional<DeviceRates>()> rates)
    : device_(std::move(device)), budget_(std::move(budget)), rates_(std::move(rates)) {}

UpscalerConfig UpscaleForecaster::config_of(const std::string& model) {
  std::error_code error;
  const auto changed = std::filesystem::last_write_time(model, error);
  {
    const std::scoped_lock lock(mutex_);
    const auto known = opened_.find(model);
    if (!error && known != opened_.end() && known->second.changed == changed)
      return known->second.config;
  }
  const UpscalerConfig config = UpscalerFile(model).config();
  const std::scoped_lock lock(mutex_);
  opened_[model] = {changed, config};
  std::erase_if(plans_, [&](const auto& plan) { return std::get<0>(plan.first) == model; });
  return config;
}

double UpscaleForecaster::seconds_of(const Upscale& asked, Size picture, const DeviceRates& rates) {
  const double pixels = 1.0 * picture.width * picture.height;
  if (is_network(asked)) return estimate_upscale_seconds(config_of(asked.model), pixels, rates);
  return pixels * asked.scale * asked.scale / kLanczosPixels;
}

UpscaleForecast UpscaleForecaster::plan(const Upscale& asked, Size picture,
                                        const MemorySnapshot& memory) {
  const UpscalerConfig config = config_of(asked.model);
  MemorySnapshot snapshot = memory;
  if (snapshot.host_available && !device_.backend->has_own_memory())
    *snapshot.host_available += snapshot.ours();
  return forecast_upscale(
      config, picture.width, picture.height, device_, snapshot, budget_, [&](std::int64_t side) {
        const auto key = std::tuple{asked.model, picture.width, picture.height, side};
        {
          const std::scoped_lock lock(mutex_);
          if (const auto known = plans_.find(key); known != plans_.end()) return known->second;
        }
        UpscalePlan plan = plan_upscale(config, picture.width, picture.height, side, device_);
        const std::scoped_lock lock(mutex_);
        plans_[key] = plan;
        return plan;
      });
}

Forecast UpscaleForecaster::forecast(const Upscale& asked, Size picture,
                                     const MemorySnapshot& memory) {
  Forecast forecast;
  Plan& plan = forecast.plan;
  plan.width = picture.width * asked.scale;
  plan.height = picture.height * asked.scale;
  plan.execution = option_names({});
  StagePlan stage{.stage = Stage::kUpscale};
  const auto known = rates_ ? rates_() : std::nullopt;
  const DeviceRates rates = known.value_or(unmeasured_rates(device_.backend->has_own_memory()));
  const double estimate = seconds_of(asked, picture, rates);
  // Of a program nothing is known before its first run.
  if (is_network(asked) ? known.has_value() : asked.model == kLanczos) stage.seconds = estimate;
  if (!is_network(asked)) {
    forecast.budget = compute_budget(memory, budget_);
    forecast.fits = true;
  } else {
    const UpscaleForecast found = this->plan(asked, picture, memory);
    forecast.budget = found.budget;
    forecast.fits = found.fits;
    forecast.reason = found.reason;
    plan.peak_bytes = stage.peak_bytes = found.plan.peak_bytes;
    plan.in_use_peak_bytes = stage.in_use_bytes = found.plan.in_use_peak_bytes;
    plan.small_pool_bytes = found.plan.small_pool_bytes;
    plan.host_peak_bytes = stage.host_bytes = found.plan.host_bytes;
    stage.weights_bytes = found.plan.weights_bytes;
    stage.activation_bytes = found.plan.in_use_peak_bytes - found.plan.weights_bytes;
    // Shown like the options of pictures, though none of them.
    if (found.plan.pieces > 1) plan.execution = {"pieces:" + std::to_string(found.plan.pieces)};
    if (!found.fits)
      forecast.shortfall_bytes =
          std::max<std::int64_t>(0, plan.peak_bytes - forecast.budget.budget_bytes);
  }
  plan.seconds_are_estimated = true;
  if (const std::optional<LastRun> last = last_run(asked)) {
    const double then = seconds_of({asked.model, last->scale}, last->picture, rates);
    stage.seconds = last->seconds * estimate / then;
    plan.seconds_are_estimated = false;
  }
  StagePlan save{.stage = Stage::kSave};
  if (stage.seconds > 0) save.seconds = save_seconds(1.0 * plan.width * plan.height);
  plan.seconds = stage.seconds + save.seconds;
  plan.stages = {stage, save};
  return forecast;
}

std::optional<UpscaleForecaster::LastRun> UpscaleForecaster::last_run(const Upscale& asked) {
  const std::scoped_lock lock(mutex_);
  const auto known = last_runs_.find(upscaler_name(asked));
  return known == last_runs_.end() ? std::nullopt : std::optional(known->second);
}

void UpscaleForecaster::learn(const RunRecord& run_record) {
  const double seconds = run_record.stage_seconds[index_of(Stage::kUpscale)];
  const int scale = run_record.scale;
  const Size picture{scale > 0 ? run_record.plan.width / scale : 0,
                     scale > 0 ? run_record.plan.height / scale : 0};
  const bool is_here = run_record.device == device_.name && run_record.device_uuid == device_.uuid;
  if (!is_here || seconds <= 0 || picture.width < 1 || picture.height < 1) return;
  const std::scoped_lock lock(mutex_);
  last_runs_[run_record.model] = {picture, scale, seconds};
}

std::string upscaler_name(const Upscale& upscale) {
  if (upscale.model == kLanczos) return "Lanczos";
  return std::filesystem::path(upscale.model).filename().string();
}

}  // namespace headroom
