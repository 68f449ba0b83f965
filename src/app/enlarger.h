#pragma once
#include "headroom/core/image.h"
#include "headroom/core/message.h"
#include "headroom/forecast/upscale_plan.h"

#include "cli/command_line.h"
#include "cli/signals.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace headroom {

// How a picture is going to be enlarged, as far as that is known beforehand.
struct EnlargePlan {
  std::optional<UpscaleForecast> forecast;  // nothing: no network of ours runs
  std::string how;                          // for the line before it starts
};

// What enlarges pictures for `headroom upscale`: a network, a program, or Lanczos.
class Enlarger {
 public:
  using GoOn = std::function<bool(std::int64_t done, std::int64_t total)>;

  Enlarger() = default;
  virtual ~Enlarger() = default;
  Enlarger(const Enlarger&) = delete;
  Enlarger& operator=(const Enlarger&) = delete;

  // As results record it.
  [[nodiscard]] virtual std::string model() const = 0;
  // What it does by itself, before Lanczos makes other sizes of that; 0: any.
  [[nodiscard]] virtual int own_scale() const = 0;
  [[nodiscard]] virtual EnlargePlan plan(int width, int height) const = 0;
  // Enlarged by own_scale(), or by `scale` where that is 0. Nothing when it was stopped.
  [[nodiscard]] virtual std::optional<Image> run(const Image& image, const EnlargePlan& plan,
                                                 int scale, const GoOn& go_on) = 0;
  // Of the last run, where it is known.
  [[nodiscard]] virtual std::int64_t actual_peak_bytes() const { return 0; }
};

// As --model, --denoise, --device and the memory options say. Throws Error.
[[nodiscard]] std::unique_ptr<Enlarger> make_enlarger(const CommandLine& line,
                                                      const BlockedSignals& signals);

}  // namespace headroom
