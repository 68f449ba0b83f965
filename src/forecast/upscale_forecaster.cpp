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

// Operations of a 3x3 convolution per pixel.
double convolution(double in, double out) { return 18 * in * out; }

// Programs are told from files of weights by their ending.
bool is_network(const Upscale& asked) {
  return asked.model != kLanczos && std::filesystem::path(asked.model).has_extension();
}

double srvgg_flops(const UpscalerConfig& c, double pixels) {
  const double n = c.channels;
  return pixels * (convolution(3, n) + c.blocks * convolution(n, n) +
                   convolution(n, 3.0 * c.scale * c.scale));
}

double rrdb_flops(const UpscalerConfig& c, double pixels) {
  const double n = c.channels;
  double dense = 0;
  for (int i = 0; i < 4; ++i) dense += convolution(n + i * c.growth, c.growth);
  dense += convolution(n + 4.0 * c.growth, n);
  const double u2 = 1.0 * c.unshuffle * c.unshuffle;
  double flops = convolution(3 * u2, n) + 3 * c.blocks * dense + convolution(n, n);
  double area = 1;  // pixels per cell at the present size
  for (int i = 0; i < c.doublings(); ++i) {
    area *= 4;
    flops += area * convolution(n, n);
  }
  flops += area * (convolution(n, n) + convolution(n, 3));
  return pixels / u2 * flops;
}

}  // namespace

double upscale_flops(const UpscalerConfig& config, double pixels) {
  switch (config.kind) {
    case UpscalerKind::kRrdbNet:
      return rrdb_flops(config, pixels);
    case UpscalerKind::kSrvggNet:
      return srvgg_flops(config, pixels);
  }
  return 0;
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

double UpscaleForecaster::work_of(const Upscale& asked, Size picture) {
  const double pixels = 1.0 * picture.width * picture.height;
  if (!is_network(asked)) return pixels * asked.scale * asked.scale;
  return upscale_flops(config_of(asked.model), pixels);
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
  const double work = work_of(asked, picture);
  double rate = kLanczosPixels;
  if (!is_network(asked)) {
    if (asked.model != kLanczos) rate = 0;  // of a program nothing is known before its first run
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
    const auto rates = rates_ ? rates_() : std::nullopt;
    const double channels = config_of(asked.model).channels;
    rate = rates ? convolution_rate(*rates, channels) : 0;
  }
  stage.seconds = rate > 0 ? work / rate : 0;
  plan.seconds_are_estimated = true;
  if (const std::optional<LastRun> last = last_run(asked)) {
    const double work_then = work_of({asked.model, last->scale}, last->picture);
    stage.seconds = last->seconds * work / work_then;
    plan.seconds_are_estimated = false;
  }
  plan.seconds = stage.seconds;
  plan.stages = {stage, {.stage = Stage::kSave}};
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
