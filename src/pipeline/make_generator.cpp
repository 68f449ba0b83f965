#include "headroom/pipeline/make_generator.h"

#include "headroom/pipeline/device_formats.h"
#include "headroom/pipeline/request_shape.h"
#include "headroom/pipeline/run_formats.h"

#include "format_choice.h"
#include "numeric_checks.h"
#include "picture_maker.h"
#include "prompt_ids.h"
#include "warm_up.h"

#include <random>
#include <utility>

#include <c10/util/Exception.h>

namespace headroom {
namespace {

// Joins PictureMaker to the queue: reads requests, tells errors apart, and has a picture made once
// more in a safer number format when its numbers went wrong.
class PipelineGenerator final : public ImageGenerator {
 public:
  PipelineGenerator(PipelineOptions options, std::shared_ptr<const PromptTokenizer> tokenizer,
                    std::shared_ptr<Forecaster> forecaster)
      : options_(std::move(options)),
        tokenizer_(std::move(tokenizer)),
        chosen_{choose_formats(options_.dtype, options_.device), std::move(forecaster)},
        backend_(*options_.device.backend),
        pictures_(options_) {
    check_can_run(options_.dtype, options_.device);
  }

  void generate(const GenerationRequest& request, ProgressSink& sink,
                std::stop_token stop) override {
    const auto problems = validate(request, options_.model.info.size_unit);
    if (!problems.empty()) throw Error(ErrorKind::kInvalidRequest, problems.front().message);
    if (!request.sampled) check_loras(request.prompt, options_.opened_loras.get());
    if (failure_) throw Error(*failure_);
    GenerationRequest seeded = request;
    if (!seeded.seed) seeded.seed = std::random_device()();  // 32 bits, short enough to type
    sink.on_seed(*seeded.seed);
    try {
      backend_.set_up();
      warm_up_once();
      run_healthy(read(std::move(seeded)), sink, stop);
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kDevice) give_up(e, sink);
      throw;
    } catch (const c10::Error& e) {
      if (const auto failure = device_failure(e)) {
        give_up(*failure, sink);
        throw Error(*failure);
      }
      if (!is_out_of_memory(e)) throw Error(ErrorKind::kInternal, message_of(e));
      throw Error(ErrorKind::kOutOfMemory,
                  say("{0}; close other programs or choose a smaller size", message_of(e)));
    }
  }

 private:
  [[nodiscard]] TokenizedRequest read(GenerationRequest request) const {
    PromptIds ids;
    if (!request.sampled) ids = encode_prompts(tokenizer_.get(), request);
    const RunShape shape =
        shape_of(request, static_cast<int>(ids.positive.size()),
                 static_cast<int>(ids.negative.size()), options_.model.scheduler);
    return {std::move(request), std::move(ids), shape};
  }

  void give_up(const Error& failure, ProgressSink& sink) {
    failure_ = failure;
    sink.on_notice({Notice::Kind::kDeviceFailed, failure.message()});
  }

  // Lets CUDA load what it keeps for itself before a plan counts the free memory.
  void warm_up_once() {
    if (std::exchange(is_warm_, true) || !backend_.has_own_memory()) return;
    try {
      warm_up(options_.model, chosen_.formats, backend_.torch_device(),
              options_.opened_loras != nullptr);
    } catch (const std::exception& error) {
      if (!is_out_of_memory(error)) throw;  // the plan will report it
    }
    backend_.release_cached();
    backend_.measure_overhead(/*complete=*/false);
  }

  struct ReopenAfterwards {
    PictureMaker& pictures;
    bool applies = true;
    ~ReopenAfterwards() {
      if (applies) pictures.close();
    }
  };

  // If a picture's numbers go wrong, it and the rest of the job are made in a safer format. The
  // next job begins with the chosen format again, since its forecast is for that.
  void run_healthy(const TokenizedRequest& asked, ProgressSink& sink, const std::stop_token& stop) {
    try {
      const bool is_chosen = decodes_in(chosen_, asked.request);
      const ReopenAfterwards reopen{pictures_, !is_chosen};
      if (!is_chosen) pictures_.close();
      pictures_.run(asked, 0, is_chosen ? chosen_ : format_choice(*asked.request.sampled, options_),
                    /*is_retry=*/false, sink, stop);
    } catch (const NumericalFailure& ill) {
      run_once_more(asked, ill, sink, stop);
    }
  }

  // Goes on with the picture whose numbers went wrong, in a safer format if there is one that fits.
  void run_once_more(const TokenizedRequest& asked, const NumericalFailure& ill, ProgressSink& sink,
                     const std::stop_token& stop) {
    const std::string& format = chosen_.formats.name;
    const std::optional<NumberFormat> safer = safer_format(chosen_.formats, options_.device);
    if (!safer) throw broken_model(options_, ill.what, chosen_);
    pictures_.close();
    FormatChoice choice = format_choice(*safer, options_);
    const MemorySnapshot memory = pictures_.memory().read();
    const bool fits = choice.forecaster->forecast(asked.shape, asked.request.count, memory).fits;
    if (!fits) choice = chosen_;
    sink.on_notice(
        {Notice::Kind::kOverflow,
         fits ? say("{0} in {1}; the picture is made once more in {2}", ill.what, format,
                    name_of(*safer))
              : say("{0} in {1}, and {2} does not fit", ill.what, format, name_of(*safer))});
    const ReopenAfterwards reopen{pictures_};
    pictures_.run(asked, ill.image_index, choice, /*is_retry=*/true, sink, stop);
  }

  const PipelineOptions options_;
  const std::shared_ptr<const PromptTokenizer> tokenizer_;
  const FormatChoice chosen_;
  DeviceBackend& backend_;
  PictureMaker pictures_;
  bool is_warm_ = false;
  std::optional<Error> failure_;  // the device's, after which no job can run
};

}  // namespace

std::unique_ptr<ImageGenerator> make_generator(PipelineOptions options,
                                               std::shared_ptr<const PromptTokenizer> tokenizer,
                                               std::shared_ptr<Forecaster> forecaster) {
  return std::make_unique<PipelineGenerator>(std::move(options), std::move(tokenizer),
                                             std::move(forecaster));
}

}  // namespace headroom
