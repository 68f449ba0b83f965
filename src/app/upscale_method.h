#pragma once
#include "headroom/cli/command_line.h"
#include "headroom/cli/signals.h"
#include "headroom/core/image.h"
#include "headroom/core/message.h"
#include "headroom/forecast/upscale_plan.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace headroom {

// What is known beforehand about how a picture will be enlarged.
struct UpscaleMethodPlan {
  std::optional<UpscaleForecast> forecast;  // empty: no network of this program runs
  std::string how;                          // printed before the work starts
};

// Enlarges pictures for `headroom upscale`, by a network, another program, or Lanczos.
class UpscaleMethod {
 public:
  using GoOn = std::function<bool(std::int64_t done, std::int64_t total)>;

  UpscaleMethod() = default;
  virtual ~UpscaleMethod() = default;
  UpscaleMethod(const UpscaleMethod&) = delete;
  UpscaleMethod& operator=(const UpscaleMethod&) = delete;

  // Its name in the results' records.
  [[nodiscard]] virtual std::string model() const = 0;
  // The factor of its result, which Lanczos then resizes to the wanted size; 0: any factor.
  [[nodiscard]] virtual int own_scale() const = 0;
  [[nodiscard]] virtual UpscaleMethodPlan plan(int width, int height) const = 0;
  // The picture enlarged by own_scale(), or by `scale` if that is 0. Nothing when it was stopped.
  [[nodiscard]] virtual std::optional<Image> run(const Image& image, const UpscaleMethodPlan& plan,
                                                 int scale, const GoOn& go_on) = 0;
  // Device memory of the last run, if known.
  [[nodiscard]] virtual PeakUse actual_peak() const { return {}; }
};

// Makes the one that --model, --denoise, --device and the memory options ask for. Throws Error.
[[nodiscard]] std::unique_ptr<UpscaleMethod> make_upscale_method(const CommandLine& line,
                                                                 const BlockedSignals& signals);

}  // namespace headroom
