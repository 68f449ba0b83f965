#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/run_record.h"
#include "headroom/core/size.h"
#include "headroom/forecast/upscale_plan.h"
#include "headroom/memory/device_rates.h"
#include "headroom/memory/forecaster.h"

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>

namespace headroom {

// Predicts memory and seconds of enlarging a picture by an upscaler, on one device in float32.
// Remembers its answers. Thread-safe.
class UpscaleForecaster {
 public:
  // `rates`: returns the device's rates in fp32, if they are known; may be empty.
  UpscaleForecaster(Device device, BudgetOptions budget,
                    std::function<std::optional<DeviceRates>()> rates = {});

  // For a picture of this size. The diffusion model will be evicted first, so this program's own
  // memory in `memory` counts as free. Lanczos needs nothing of the device. For an external
  // program, whose name has no ending, only the seconds are known, after a run. Throws
  // Error{kModelFile} when the file cannot be read.
  [[nodiscard]] Forecast forecast(const Upscale& asked, Size picture, const MemorySnapshot& memory);
  // The same in the form that a run needs; not for Lanczos.
  [[nodiscard]] UpscaleForecast plan(const Upscale& asked, Size picture,
                                     const MemorySnapshot& memory);
  // Remembers how long a run took, if it was an upscaler's on this device; later predictions with
  // the upscaler of that name use it.
  void learn(const RunRecord& run_record);

  [[nodiscard]] const Device& device() const { return device_; }

 private:
  struct LastRun {
    Size picture;
    int scale = 1;
    double seconds = 0;
  };
  [[nodiscard]] std::optional<LastRun> last_run(const Upscale& asked);
  [[nodiscard]] UpscalerConfig config_of(const std::string& model);
  [[nodiscard]] double seconds_of(const Upscale& asked, Size picture, const DeviceRates& rates);

  const Device device_;
  const BudgetOptions budget_;
  const std::function<std::optional<DeviceRates>()> rates_;
  std::mutex mutex_;  // guards what follows
  struct Opened {
    std::filesystem::file_time_type changed;
    UpscalerConfig config;
  };
  std::map<std::string, Opened> opened_;  // key: file
  std::map<std::tuple<std::string, int, int, std::int64_t>, UpscalePlan> plans_;
  std::map<std::string, LastRun> last_runs_;  // key: upscaler_name()
};

// An upscaler's name in run records: "Lanczos", or the name of its file or program without folders.
[[nodiscard]] std::string upscaler_name(const Upscale& upscale);

// Seconds that enlarging a picture of `pixels` by a network takes, at a device's rates. Without the
// margins of pieces, loading and saving.
[[nodiscard]] double estimate_upscale_seconds(const UpscalerConfig& config, double pixels,
                                              const DeviceRates& rates);

}  // namespace headroom
