#include "upscaling_generator.h"

#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/core/utc_time.h"
#include "headroom/core/version.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/resize.h"
#include "headroom/pipeline/thread_count.h"
#include "headroom/pipeline/upscaler.h"

#include "external_upscaler.h"

#include <chrono>
#include <ctime>
#include <optional>
#include <utility>

#include <poll.h>

namespace headroom {
namespace {

using Clock = std::chrono::steady_clock;

Image read_origin(const InitImage::File& origin) {
  ImageFile read = read_image_file(origin.path);
  if (read.sha256 != origin.sha256) {
    throw Error(ErrorKind::kIo, say("{0} is another picture by now; choose it anew", origin.path));
  }
  return std::move(read.image);
}

class UpscalingGenerator final : public ImageGenerator {
 public:
  UpscalingGenerator(GenerationQueue::MakeGenerator make_model, UpscaleTools tools)
      : make_model_(std::move(make_model)), tools_(std::move(tools)), model_(make_model_()) {}

  void generate(const GenerationRequest& request, ProgressSink& progress,
                std::stop_token stop) override {
    if (request.upscale) return enlarge(request, progress, stop);
    if (!model_) model_ = make_model_();
    model_->generate(request, progress, stop);
  }

 private:
  void enlarge(const GenerationRequest& request, ProgressSink& progress,
               const std::stop_token& stop) {
    const Upscale& upscale = *request.upscale;
    const bool is_program = names_external_upscaler(upscale.model);
    const bool is_network = upscale.model != kLanczos && !is_program;
    const Image image = read_origin(request.origin->file);
    const Size size{image.width, image.height};
    if (is_network || is_program) model_.reset();
    const MemorySnapshot memory = tools_.read_memory();
    const Forecast forecast = tools_.forecaster->forecast(upscale, size, memory);
    if (!forecast.fits) throw Error(ErrorKind::kOutOfMemory, forecast.reason);
    progress.on_plan(forecast.plan);
    progress.on_stage(Stage::kUpscale, 0);
    check_cancelled(stop);
    const auto begun = Clock::now();
    GeneratedImage result;
    RunRecord& record = result.run_record;
    auto large = std::make_shared<Image>(
        is_network   ? by_network(upscale, image, memory, progress, stop, record)
        : is_program ? by_program(upscale, image, stop)
                     : image);
    if (large->width != request.width || large->height != request.height)
      *large = resize_lanczos(*large, request.width, request.height);
    check_cancelled(stop);
    result.image = std::move(large);
    result.seed = request.seed.value_or(0);
    write_down(upscale, request, forecast.plan, record);
    record.stage_seconds[index_of(Stage::kUpscale)] =
        std::chrono::duration<double>(Clock::now() - begun).count();
    progress.on_image(std::move(result));
  }

  void write_down(const Upscale& upscale, const GenerationRequest& request, const Plan& plan,
                  RunRecord& record) const {
    const Device& device = tools_.forecaster->device();
    record.plan = plan;
    record.shape = {.width = request.width,
                    .height = request.height,
                    .steps = 1,
                    .start = StartFrom::kFinished};
    record.scale = upscale.scale;
    record.model = upscaler_name(upscale);
    record.device = device.name;
    record.device_uuid = device.uuid;
    record.threads = resolve_threads(tools_.threads);
    record.version = kVersion;
    record.libtorch = libtorch_version();
    record.time = utc_text(std::time(nullptr));
  }

  static Image by_program(const Upscale& upscale, const Image& image, const std::stop_token& stop) {
    auto made = run_external_upscaler(find_external_upscaler(upscale.model), image,
                                      [&](std::chrono::milliseconds time) {
                                        ::poll(nullptr, 0, static_cast<int>(time.count()));
                                        return stop.stop_requested();
                                      });
    if (!made) throw Cancelled{};
    return *std::move(made);
  }

  Image by_network(const Upscale& upscale, const Image& image, const MemorySnapshot& memory,
                   ProgressSink& progress, const std::stop_token& stop, RunRecord& record) {
    const UpscaleForecast found =
        tools_.forecaster->plan(upscale, {image.width, image.height}, memory);
    std::optional<Upscaler::Mix> mix;
    if (upscale.denoise) {
      const auto weaker = weaker_upscaler(upscale.model);
      if (!weaker) {
        throw Error(ErrorKind::kModelFile,
                    say("the file to mix {0} with is not beside it any more; set its share to 1",
                        upscale.model));
      }
      mix = {UpscalerFile(*weaker), *upscale.denoise};
    }
    Upscaler upscaler(UpscalerFile(upscale.model), tools_.forecaster->device(), tools_.threads,
                      std::move(mix));
    std::optional<Image> made = upscaler.run(
        image, found.plan, found.budget.budget_bytes, [&](std::int64_t done, std::int64_t total) {
          progress.on_step(static_cast<int>(done), static_cast<int>(total));
          return !stop.stop_requested();
        });
    if (!made) throw Cancelled{};
    const PeakUse actual = upscaler.actual_peak();
    record.actual_peak_bytes = actual.held;
    record.actual_in_use_bytes = actual.in_use;
    record.stage_peak_bytes[index_of(Stage::kUpscale)] = actual.in_use;
    record.dtype = "fp32";
    return *std::move(made);
  }

  const GenerationQueue::MakeGenerator make_model_;
  const UpscaleTools tools_;
  std::unique_ptr<ImageGenerator> model_;  // null after an upscaler has used the device
};

}  // namespace

GenerationQueue::Source with_upscaling(GenerationQueue::Source pictures, UpscaleTools tools) {
  const auto forecaster = tools.forecaster;
  return {[make = std::move(pictures.make_generator), tools = std::move(tools)] {
            return std::make_unique<UpscalingGenerator>(make, tools);
          },
          [done = std::move(pictures.done), forecaster](const FinishedPicture& finished) {
            forecaster->learn(finished.picture.run_record);
            if (done) done(finished);
          }};
}

}  // namespace headroom
