#pragma once
#include "headroom/core/image.h"
#include "headroom/core/upscaler_config.h"
#include "headroom/device/device.h"
#include "headroom/weights/upscaler_file.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace headroom {

// How a picture is enlarged, and the memory that this needs.
struct UpscalePlan {
  std::int64_t side = 0;      // longest side of a piece, in cells of the network; 0: all at once
  std::int64_t pieces = 1;    // pieces per stage
  std::int64_t piece_px = 0;  // longest side of a piece of the result, in pixels
  std::int64_t weights_bytes = 0;
  std::int64_t peak_bytes = 0;         // that the device has to provide, weights included
  std::int64_t in_use_peak_bytes = 0;  // the part of it that is handed out; on the CPU all of it
  std::int64_t small_pool_bytes = 0;   // see Plan
  std::int64_t host_bytes = 0;         // of main memory beside that: planes and pictures
};

// Cells of the network's grid along a side of `pixels` pixels, rounded up to whole cells.
[[nodiscard]] inline std::int64_t cells_along(int pixels, const UpscalerConfig& config) {
  return (pixels + config.unshuffle - 1) / config.unshuffle;
}

// An upscaling network on one device, in float32. It is loaded with the first picture and stays
// loaded. Used by one thread at a time.
class Upscaler {
 public:
  // A network to interpolate with, see SmallNetworkWeights::mix_with().
  struct Mix {
    UpscalerFile weaker;
    double share = 1;
  };
  // Throws Error{kInvalidRequest} if the two networks do not match. `threads`: 0 = one per core.
  Upscaler(UpscalerFile file, Device device, int threads, std::optional<Mix> mix = {});
  ~Upscaler();
  Upscaler(const Upscaler&) = delete;
  Upscaler& operator=(const Upscaler&) = delete;

  [[nodiscard]] const UpscalerFile& file() const { return file_; }
  [[nodiscard]] const Device& device() const { return device_; }

  // Returns the picture enlarged `scale` times, computed by `plan`, which must be for its size,
  // with at most `budget_bytes` of the device, or what the plan needs if that is more. `go_on` is
  // asked before each piece, with the share that is done; if it returns false, nothing is
  // returned. Throws Error{kOutOfMemory} when the device has less than was planned,
  // Error{kModelFile} when the weights cannot be read.
  [[nodiscard]] std::optional<Image> run(
      const Image& image, const UpscalePlan& plan, std::int64_t budget_bytes,
      const std::function<bool(std::int64_t done, std::int64_t total)>& go_on);
  // Of the device's memory, during the last run.
  [[nodiscard]] PeakUse actual_peak() const { return actual_peak_; }

 private:
  struct Loaded;
  std::optional<Image> run_reserved(
      const Image& image, const UpscalePlan& plan,
      const std::function<bool(std::int64_t done, std::int64_t total)>& go_on);

  UpscalerFile file_;
  Device device_;
  int threads_;
  std::optional<Mix> mix_;
  std::unique_ptr<Loaded> loaded_;
  PeakUse actual_peak_;
};

}  // namespace headroom
