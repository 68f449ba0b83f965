#pragma once
#include "headroom/core/error.h"
#include "headroom/core/generation.h"

#include <cstdint>
#include <memory>
#include <stop_token>

namespace headroom {

// Something that a person should know about a run that continues all the same.
struct Notice {
  enum class Kind {
    kPlanChanged,
    kSlower,  // the device itself is slower
    kSlowerByOthers,
    kOverflow,   // the picture is made again
    kOneColour,  // the picture is one colour only
    kWeightsKept,
    kWeightsNotKept,
    kSampleNotKept,  // a picture was not stored before its decoding
    kDeviceFailed
  };
  Kind kind = Kind::kPlanChanged;
  Message text;      // one sentence with the way out
  double times = 0;  // how many times longer steps take, for both kinds of slowness
};

// Where a run reports to. Called on the thread that runs generate(); must return quickly, except
// for on_image, which may take the time to save the picture.
class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  // The plan that this run will follow, before the first stage.
  virtual void on_plan(const Plan& plan) = 0;
  // The seed of the first picture, chosen where the request has none.
  virtual void on_seed(std::uint64_t seed) { static_cast<void>(seed); }
  // Picture `image_index` (0-based) enters `stage`. kLoad and kEncode happen once, before picture
  // 0.
  virtual void on_stage(Stage stage, int image_index) = 0;
  // `step` of `total` denoising steps are done.
  virtual void on_step(int step, int total) = 0;
  // A small picture of what the latents hold so far.
  virtual void on_preview(std::shared_ptr<const Image> preview) = 0;
  // A picture is finished: save it. Errors thrown from here end the run.
  virtual void on_image(GeneratedImage image) = 0;
  // Something that a person should know and that does not end the run.
  virtual void on_notice(Notice notice) { static_cast<void>(notice); }
};

// The interface between the program and the networks: the window and the command line know no
// other.
class ImageGenerator {
 public:
  virtual ~ImageGenerator() = default;
  // Makes request.count pictures, handing each to `progress.on_image` as soon as it is done.
  // Blocks until all are done. Throws Error on failure, Cancelled once `stop` was requested.
  // One thread at a time; the same thread that created the generator.
  virtual void generate(const GenerationRequest& request, ProgressSink& progress,
                        std::stop_token stop) = 0;
};

// Throws Cancelled once a stop was requested.
inline void check_cancelled(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Cancelled{};
}

}  // namespace headroom
