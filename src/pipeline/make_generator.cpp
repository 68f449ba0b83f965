#include "headroom/pipeline/make_generator.h"

#include "headroom/core/bytes.h"
#include "headroom/pipeline/converted_weights.h"
#include "headroom/pipeline/device_formats.h"
#include "headroom/pipeline/opened_model.h"
#include "headroom/pipeline/request_shape.h"
#include "headroom/pipeline/run_formats.h"
#include "headroom/pipeline/text_to_image.h"
#include "headroom/pipeline/thread_count.h"

#include "dump.h"
#include "format_choice.h"
#include "hashed_files.h"
#include "initial_latents.h"
#include "numeric_checks.h"
#include "prompt_ids.h"
#include "prompt_variety.h"
#include "run_previews.h"
#include "run_recorder.h"
#include "running_plan.h"
#include "sampled_picture.h"
#include "step_timer.h"
#include "warm_up.h"

#include <algorithm>
#include <random>
#include <utility>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

namespace headroom {
namespace {

class PipelineGenerator final : public ImageGenerator {
 public:
  PipelineGenerator(PipelineOptions options, std::shared_ptr<const PromptTokenizer> tokenizer,
                    std::shared_ptr<Forecaster> forecaster)
      : options_(std::move(options)),
        tokenizer_(std::move(tokenizer)),
        chosen_{choose_formats(options_.dtype, options_.device), std::move(forecaster)},
        backend_(*options_.device.backend),
        torch_device_(backend_.torch_device()),
        memory_(options_.device, options_.pretend_vram_bytes, options_.pretend_others),
        converted_(options_.weight_cache),
        previews_(options_.previews, options_.model) {
    check_can_run(options_.dtype, options_.device);
  }

  ~PipelineGenerator() override {
    try {
      opened_.reset();
      backend_.let_go();
      backend_.count_as_weights(0);
    } catch (const std::exception&) {
      // A failed GPU frees nothing; the driver does when the process ends.
    }
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
  // A request with a seed and with its prompts tokenised.
  struct Asked {
    GenerationRequest request;
    PromptIds ids;
    RunShape shape;
  };
  [[nodiscard]] Asked read(GenerationRequest request) const {
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
      warm_up(options_.model, chosen_.formats, torch_device_, options_.opened_loras != nullptr);
    } catch (const std::exception& error) {
      if (!is_out_of_memory(error)) throw;  // the plan will report it
    }
    backend_.release_cached();
    backend_.measure_overhead(/*complete=*/false);
  }

  // After the first picture, everything that is loaded on demand is loaded.
  void keep_overhead() {
    if (std::exchange(overhead_is_kept_, true)) return;
    const std::optional<CardOverhead> overhead = backend_.measure_overhead(/*complete=*/true);
    if (overhead && options_.keep_overhead) options_.keep_overhead(*overhead);
  }

  // If a picture's numbers go wrong, it and the rest of the job are made in a safer format. The
  // next job begins with the chosen format again, since its forecast is for that.
  void run_healthy(const Asked& asked, ProgressSink& sink, const std::stop_token& stop) {
    try {
      const bool is_chosen = decodes_in(chosen_, asked.request);
      const ReopenAfterwards reopen{*this, !is_chosen};
      if (!is_chosen) opened_.reset();
      run(asked, 0, is_chosen ? chosen_ : format_choice(*asked.request.sampled, options_),
          /*is_retry=*/false, sink, stop);
    } catch (const NumericalFailure& ill) {
      const std::optional<NumberFormat> safer = safer_format(chosen_.formats, options_.device);
      if (!safer) throw broken_model(options_, ill.what, chosen_);
      opened_.reset();
      FormatChoice choice = format_choice(*safer, options_);
      const bool fits =
          choice.forecaster->forecast(asked.shape, asked.request.count, memory_.read()).fits;
      if (!fits) choice = chosen_;
      sink.on_notice(
          {Notice::Kind::kOverflow, fits ? say("{0} in {1}; the picture is made once more in {2}",
                                               ill.what, chosen_.formats.name, name_of(*safer))
                                         : say("{0} in {1}, and {2} does not fit", ill.what,
                                               chosen_.formats.name, name_of(*safer))});
      const ReopenAfterwards reopen{*this};
      run(asked, ill.image_index, choice, /*is_retry=*/true, sink, stop);
    }
  }

  struct ReopenAfterwards {
    PipelineGenerator& generator;
    bool applies = true;
    ~ReopenAfterwards() {
      if (applies) generator.opened_.reset();
    }
  };

  // What all pictures of one job share.
  struct Job {
    const Asked& asked;
    const FormatChoice& choice;
    bool is_retry;
    ProgressSink& sink;
    RunningPlan keeper;
    RunRecorder recorder;
    RunHooks hooks;
    PromptVariety prompt;
    EncodedImage image;  // start picture
  };

  // Makes pictures `first` and later. Throws NumericalFailure unless this is the retry.
  void run(const Asked& asked, int first, const FormatChoice& choice, bool is_retry,
           ProgressSink& sink, const std::stop_token& stop) {
    const c10::InferenceMode inference;
    at::set_num_threads(resolve_threads(options_.threads));
    const int count = pictures_of(asked.request);
    Job job{asked,
            choice,
            is_retry,
            sink,
            {asked.shape, count, memory_, options_.budget, *choice.forecaster, sink,
             [this, &asked](const ExecutionOptions& execution, Stage now) {
               // A run that only decodes never loads what earlier stages would need.
               if (asked.request.sampled) now = std::max(now, Stage::kDecode);
               if (opened_) opened_->networks.adopt(execution, now);
             }},
            {options_, choice.formats.name, asked.shape, sink},
            {},
            {},
            {}};
    job.keeper.begin();
    backend_.begin_run();

    Dump dump;
    job.hooks.check = [&] { check_cancelled(stop); };
    if (!options_.dump_file.empty()) {
      job.hooks.trace = [&](std::string_view name, const at::Tensor& value) {
        dump.add(name, value);
      };
    }
    job.hooks.check();
    const bool fresh = !opened_;
    open(job, first);
    for (int i = first; i < count; ++i) {
      GeneratedImage picture = make_picture(job, i, i > first);
      picture.run_record.opened = fresh && i == first;
      keep_overhead();
      sink.on_stage(Stage::kSave, i);
      sink.on_image(std::move(picture));
      if (job.hooks.trace) {  // last, so that a full disk does not cost the picture
        dump.write(options_.dump_file);
        job.hooks.trace = {};
      }
    }
  }

  void open(Job& job, int first) {
    // First, so that a file which is gone does not cost a picture.
    if (options_.opened_loras && !loras_) loras_ = options_.opened_loras->used();
    if (!opened_) {
      opened_ = std::make_unique<OpenedModel>(options_.model, job.choice.formats, torch_device_,
                                              options_.opened_loras);
      if (!options_.check_weights) opened_->allow_faults();
    }
    if (!job.asked.request.sampled) return load_and_encode(job, first);
    opened_->networks.adopt(job.keeper.execution(), Stage::kDecode);
    static_cast<void>(opened_->take_work());  // of earlier runs
  }

  void load_and_encode(Job& job, int first) {
    const auto no_steps = [] { return 0; };
    if (job.asked.request.init) check_image_encoder(opened_->vae);
    TextToImage& networks = opened_->networks;
    converted_.use(*opened_, options_.model, job.keeper.execution(), /*may_write=*/!job.is_retry,
                   job.hooks.check, job.sink);
    if (previews_.fit(networks, job.keeper.execution(), job.asked.request, job.hooks))
      static_cast<void>(backend_.end_stage());  // separate from the load's peak
    static_cast<void>(opened_->take_work());    // of earlier runs
    job.recorder.run(Stage::kLoad, first, [&] {
      return job.keeper.run(Stage::kLoad, no_steps, [&] {
        networks.prepare(job.keeper.execution());
        return 0;
      });
    });
    job.prompt.set(job.recorder.run(Stage::kEncode, first, [&] {
      return job.keeper.run(Stage::kEncode, no_steps,
                            [&] { return networks.encode(job.asked.ids, job.hooks); });
    }));
    if (!job.asked.request.init) return;
    job.image = job.recorder.run(Stage::kEncodeImage, first, [&] {
      return job.keeper.run(Stage::kEncodeImage, no_steps, [&] {
        return encode_init_image(networks, *job.asked.request.init, torch_device_, job.hooks);
      });
    });
  }

  GeneratedImage make_picture(Job& job, int i, bool is_further) {
    if (is_further) job.recorder.begin_next_picture(job.keeper.begin_next_picture());
    GeneratedImage result;
    result.index = i;
    result.seed = seed_of(job.asked.request, i);
    if (loras_) result.loras = *loras_;
    const at::Tensor latents = sample(job, result);
    result.image = job.recorder.run(Stage::kDecode, result.index, [&] {
      return job.keeper.run(
          Stage::kDecode, [&] { return job.asked.shape.steps; },
          [&] { return to_image(opened_->networks.decode(latents, job.hooks)); });
    });
    check_colours(job, result);
    result.run_record = job.recorder.run_record(job.keeper, result.index);
    result.run_record.model_files = hashed_files(*opened_, options_.hash_of);
    result.run_record.copy_bytes_per_second = opened_->take_work().bytes_per_second();
    return result;
  }

  // Returns the picture's clean latents, and notes in `result` where they are kept on the disk.
  at::Tensor sample(Job& job, GeneratedImage& result) {
    const GenerationRequest& request = job.asked.request;
    if (request.sampled) {
      take_over(*request.sampled, result);
      return latents_of(*request.sampled, opened_->networks.latent_shape(request), *opened_,
                        torch_device_);
    }
    Sampling sampling;
    job.recorder.run(Stage::kDenoise, result.index, [&] {
      denoise(job, result.index, result.seed, sampling);
      return 0;
    });
    if (options_.keep_sampled) {
      result.kept =
          options_.keep_sampled(request, take_sampled(result, sampling.latents, job.choice.formats,
                                                      *opened_, options_.device.name));
    }
    return sampling.latents;
  }

  void check_colours(const Job& job, const GeneratedImage& result) const {
    if (!is_one_colour(*result.image)) return;
    const Message what = say("the picture is of one colour, as after an overflow");
    // The latents were finite, so only a decoder in less than float32 can have overflowed.
    const bool may_be_overflow = job.choice.formats.vae != at::kFloat;
    if (!job.is_retry && may_be_overflow) {
      const bool is_all_there_is = job.asked.request.sampled != nullptr;
      if (is_all_there_is) throw NumericalFailure{0, what};
      if (result.kept) result.kept->drop();  // it will be sampled again
      throw NumericalFailure{result.index, what};
    }
    job.sink.on_notice(
        {Notice::Kind::kOneColour, one_colour_notice(what, job.choice.formats.name, job.is_retry)});
  }

  // Fills `sampling` with the clean latents, under one plan or several.
  void denoise(Job& job, int i, std::uint64_t seed, Sampling& sampling) {
    TextToImage& networks = opened_->networks;
    const GenerationRequest& request = job.asked.request;
    std::optional<StepTimer> steps;
    std::size_t plan_of_steps = 0;
    const auto start_clock = [&] {
      plan_of_steps = job.keeper.changes().size();
      steps.emplace(steps_, job.sink, job.asked.shape, job.keeper.execution(),
                    !backend_.has_own_memory());
    };
    start_clock();
    RunHooks hooks = job.hooks;
    int reported = 0;
    // If a finished step failed before it was reported, the next report includes it.
    const auto report = [&](int step) {
      while (reported < step) job.sink.on_step(++reported, job.asked.shape.steps);
    };
    hooks.on_step = [&](int step, int /*total*/) {
      check_finite(job, i, sampling);  // reads a number back, which waits for the step to finish
      if (plan_of_steps == job.keeper.changes().size()) {
        steps->step_done(step);
      } else {
        start_clock();  // a step in which the plan changed cannot be compared
      }
      report(step);
    };
    previews_.show(hooks, job.sink);
    hooks.pause = [&] { return job.keeper.wants_change(sampling.steps_done); };
    job.keeper.run(
        Stage::kDenoise, [&] { return sampling.steps_done; },
        [&] {
          if (!sampling.latents.defined()) {
            if (request.variety) job.prompt.vary(*request.variety, seed);
            sampling = begin_sampling(networks, job.image, request, seeds_of(request, i),
                                      torch_device_, hooks);
          }
          // Also runs when no steps are left because the last one failed after it was done: at the
          // end of the steps the plan evicts networks.
          do {
            job.keeper.change(sampling.steps_done);
            networks.denoise(sampling, job.prompt.features(), request, hooks);
          } while (sampling.steps_done < job.asked.shape.steps);
          report(sampling.steps_done);
          return 0;
        });
  }

  void check_finite(const Job& job, int i, const Sampling& sampling) const {
    if (is_finite(sampling.latents)) return;
    const Message what = say("the latents are not finite after step {0} of {1} (overflow)",
                             sampling.steps_done, job.asked.shape.steps);
    if (!job.is_retry) throw NumericalFailure{i, what};
    throw broken_model(options_, what, job.choice);
  }

  const PipelineOptions options_;
  const std::shared_ptr<const PromptTokenizer> tokenizer_;
  const FormatChoice chosen_;
  DeviceBackend& backend_;
  const at::Device torch_device_;
  const DeviceMemory memory_;
  ConvertedWeights converted_;
  RunPreviews previews_;
  SlowdownDetector steps_;
  std::unique_ptr<OpenedModel> opened_;
  std::optional<std::vector<UsedLora>> loras_;  // read once: whole files
  bool is_warm_ = false;
  bool overhead_is_kept_ = false;
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
