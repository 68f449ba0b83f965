#pragma once
#include "headroom/core/plan.h"
#include "headroom/core/run_shape.h"
#include "headroom/memory/device_rates.h"
#include "headroom/memory/networks.h"
#include "headroom/model_files/model_folder.h"
#include "headroom/pipeline/run_formats.h"

#include "network_sizes.h"

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace headroom {

// Floating-point operations per second of 3x3 convolutions with this many channels.
[[nodiscard]] double convolution_rate(const DeviceRates& rates, double channels);

// Seconds of saving a picture of so many pixels.
[[nodiscard]] double save_seconds(double pixels);

// The work of one transformer block on a number of tokens, or of the whole decoder on a number of
// pixels: seconds of its products at `rates`, its parts (blocks or layers), and the values that
// its other operations process.
struct NetworkWork {
  double product_seconds = 0;
  double parts = 0;
  double values = 0;
};
[[nodiscard]] NetworkWork block_work(const TransformerConfig& config, double tokens,
                                     const DeviceRates& rates);
// `strip`: rows of latents per strip; 0 = at once.
[[nodiscard]] NetworkWork decoder_work(const VaeConfig& config, double pixels,
                                       const DeviceRates& rates, int strip = 0);

// The same for the image encoder.
[[nodiscard]] NetworkWork image_encoder_work(const VaeConfig& config, double pixels,
                                             const DeviceRates& rates, int strip = 0);

// Estimates each stage's seconds for one picture with nothing loaded, from floating-point
// operations and moved bytes under a plan's options, at the device's rates. The time model scales
// the estimate by what runs on this device really took. Made once for a run's shape; `model`,
// `sizes` and `formats` must outlive it. Not thread-safe.
class StageTimeEstimate {
 public:
  StageTimeEstimate(const ModelFolder& model, const NetworkSizes& sizes, const RunFormats& formats,
                    const RunShape& shape, const DeviceRates& rates, bool card);
  // `files_are_cached`: streamed layers are read from memory, not from the disk.
  double of(Stage stage, const ExecutionOptions& execution, bool files_are_cached = true);

 private:
  struct Branch {
    double seconds = 0;  // of a step, without unpacking matrices
    double rows = 0;     // rows of the main layers' products
  };
  [[nodiscard]] Branch branch(int prompt_tokens) const;
  // Seconds of a step's products in plans that have these options alike.
  struct StepWork {
    int chunk_tokens = 0;
    bool packed_weights = false;
    double alone = 0;   // the prompt's branch
    double guided = 0;  // both branches
  };
  [[nodiscard]] double copy(std::int64_t bytes) const {
    return static_cast<double>(bytes) / rates_.copy_bytes;
  }
  [[nodiscard]] double load(const ExecutionOptions& execution) const;
  // Work of `stage`, and loading of the networks that it uses, as far as they are loaded at its
  // start.
  double work(Stage stage, const ExecutionOptions& execution, bool files_are_cached);
  [[nodiscard]] double arrival(Stage stage, const ExecutionOptions& execution) const;
  [[nodiscard]] double encode(const ExecutionOptions& execution) const;
  // Values that each pass through all layers unpacks.
  [[nodiscard]] double unpacked_text_values(const ExecutionOptions& execution) const;
  [[nodiscard]] double unpacked_values(const ExecutionOptions& execution) const;
  const StepWork& step_work(const ExecutionOptions& execution);
  double denoise(const ExecutionOptions& execution, bool files_are_cached);
  double decode(const ExecutionOptions& execution);
  double encode_image(const ExecutionOptions& execution);

  const ModelFolder& model_;
  const NetworkSizes& sizes_;
  const RunShape shape_;
  const DeviceRates rates_;
  const RunFormats& formats_;
  const int text_layers_;  // of the text encoder
  const bool card_;
  const double pixels_;
  const double unpacked_;  // values that a pass through the transformer unpacks in every plan
  const Branch positive_, negative_;
  std::vector<StepWork> step_works_;  // those that were asked for
  // Key: tile_latent and cpu_decode; value: seconds.
  std::map<std::pair<int, bool>, double> decoders_, image_encoders_;
};
// Estimated seconds of every stage.
[[nodiscard]] std::array<double, kStageCount> estimate_seconds(
    const ModelFolder& model, const NetworkSizes& sizes, const RunFormats& formats,
    const RunShape& shape, const ExecutionOptions& execution, const DeviceRates& rates, bool card,
    bool files_are_cached = true);
// Round figures for a device that was not measured.
[[nodiscard]] DeviceRates unmeasured_rates(bool card);

// Seconds of the load stage after an equal run, when resident weights are still there.
[[nodiscard]] double estimate_reload_seconds(const NetworkSizes& sizes,
                                             const ExecutionOptions& execution,
                                             const DeviceRates& rates);

}  // namespace headroom
