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

// How a picture is enlarged, and what that needs.
struct UpscalePlan {
  std::int64_t side = 0;      // of the largest piece, in cells of the network; 0: all at once
  std::int64_t pieces = 1;    // that each stage is worked on in
  std::int64_t piece_px = 0;  // the longest side of one as it comes out, in pixels of the picture
  std::int64_t weights_bytes = 0;
  std::int64_t peak_bytes = 0;         // of the device, weights included
  std::int64_t in_use_peak_bytes = 0;  // of it handed out; on the processor the same
  std::int64_t small_pool_bytes = 0;   // see Plan
  std::int64_t host_bytes = 0;         // of main memory beside that: planes and pictures
};

// So much of a side is one cell of the network's grid, the picture extended to whole cells.
[[nodiscard]] inline std::int64_t cells_along(int pixels, const UpscalerConfig& config) {
  return (pixels + config.unshuffle - 1) / config.unshuffle;
}

// An upscaling network on one device, in float32. Loaded with the first picture and kept. One
// thread at a time.
class Upscaler {
 public:
  // `weaker`: mixed with it, see UpscalerWeights::mix_with().
  struct Mix {
    UpscalerFile weaker;
    double share = 1;
  };
  // Throws Error{kInvalidRequest} where the two are not alike. `threads`: 0 = one per core.
  Upscaler(UpscalerFile file, Device device, int threads, std::optional<Mix> mix = {});
  ~Upscaler();
  Upscaler(const Upscaler&) = delete;
  Upscaler& operator=(const Upscaler&) = delete;

  [[nodiscard]] const UpscalerFile& file() const { return file_; }
  [[nodiscard]] const Device& device() const { return device_; }

  // The picture `scale` times as large, within `plan` for its size and at most `budget_bytes` of
  // the device (more only where the plan says so). `go_on` is asked before each piece, with how
  // much is done; where it says no, nothing is returned. Throws Error{kOutOfMemory} when the device
  // has less than was planned, Error{kModelFile} when the weights cannot be read.
  [[nodiscard]] std::optional<Image> run(
      const Image& image, const UpscalePlan& plan, std::int64_t budget_bytes,
      const std::function<bool(std::int64_t done, std::int64_t total)>& go_on);
  // Of the last run: the most that was in use.
  [[nodiscard]] std::int64_t actual_peak_bytes() const { return actual_peak_bytes_; }

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
  std::int64_t actual_peak_bytes_ = 0;
};

}  // namespace headroom
