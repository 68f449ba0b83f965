#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/size.h"
#include "headroom/forecast/upscale_plan.h"
#include "headroom/memory/device_rates.h"
#include "headroom/memory/forecast.h"

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>

namespace headroom {

// What enlarging one picture by an upscaler needs and takes, on one device in float32. Remembers
// what it found. Thread-safe.
class UpscaleForecaster {
 public:
  // `rates`: of the device in fp32, where they are known; may be empty.
  UpscaleForecaster(Device device, BudgetOptions budget,
                    std::function<std::optional<DeviceRates>()> rates = {});

  // Of a picture of this size. The model that makes pictures leaves memory for it: what is ours in
  // `memory` counts as free. By Lanczos the device needs nothing. Throws Error{kModelFile} where
  // the file cannot be read.
  [[nodiscard]] Forecast forecast(const Upscale& asked, Size picture, const MemorySnapshot& memory);
  // The same as the run needs it; not by Lanczos.
  [[nodiscard]] UpscaleForecast plan(const Upscale& asked, Size picture,
                                     const MemorySnapshot& memory);
  // How long such a run took: what comes is predicted by it.
  void learn(const Upscale& asked, Size picture, double seconds);

  [[nodiscard]] const Device& device() const { return device_; }

 private:
  [[nodiscard]] UpscalerConfig config_of(const std::string& model);
  [[nodiscard]] double work_of(const Upscale& asked, Size picture);

  const Device device_;
  const BudgetOptions budget_;
  const std::function<std::optional<DeviceRates>()> rates_;
  std::mutex mutex_;  // guards what follows
  struct Opened {
    std::filesystem::file_time_type changed;
    UpscalerConfig config;
  };
  std::map<std::string, Opened> opened_;  // by file
  std::map<std::tuple<std::string, int, int, std::int64_t>, UpscalePlan> plans_;
  std::map<std::string, double> seconds_of_work_;  // by file, as the last run took
};

// Floating-point operations of a picture of `pixels`, each multiplication and addition; as in
// Upscaler, without margins of pieces.
[[nodiscard]] double upscale_flops(const UpscalerConfig& config, double pixels);

}  // namespace headroom
