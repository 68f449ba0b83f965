#include "picture_maker.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/pipeline/thread_count.h"

#include "dump.h"
#include "hashed_files.h"
#include "initial_latents.h"
#include "numeric_checks.h"
#include "prompt_variety.h"
#include "run_recorder.h"
#include "running_plan.h"
#include "sampled_picture.h"
#include "step_timer.h"

#include <algorithm>
#include <utility>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

namespace headroom {

// What all pictures of one job share.
struct PictureMaker::Job {
  const TokenizedRequest& asked;
  const FormatChoice& choice;
  bool is_retry;
  ProgressSink& sink;
  RunningPlan running;
  RunRecorder recorder;
  RunHooks hooks;
  PromptVariety prompt;
  EncodedImage image;  // start picture
};

PictureMaker::PictureMaker(const PipelineOptions& options)
    : options_(options),
      backend_(*options.device.backend),
      torch_device_(backend_.torch_device()),
      memory_(options.device, options.pretend_vram_bytes, options.pretend_others),
      converted_(options.weight_cache),
      previews_(options.previews, options.model, options.preview_decoder) {}

PictureMaker::~PictureMaker() {
  try {
    opened_.reset();
    backend_.let_go();
    backend_.count_as_weights(0);
  } catch (const std::exception&) {
    // A failed GPU frees nothing; the driver does when the process ends.
  }
}

void PictureMaker::run(const TokenizedRequest& asked, int first, const FormatChoice& choice,
                       bool is_retry, ProgressSink& sink, const std::stop_token& stop) {
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
  job.running.begin();
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

void PictureMaker::open(Job& job, int first) {
  // First, so that a file which is gone does not cost a picture.
  if (options_.opened_loras && !loras_) loras_ = options_.opened_loras->used();
  if (!opened_) {
    opened_ = std::make_unique<OpenedModel>(options_.model, job.choice.formats, torch_device_,
                                            options_.opened_loras);
    if (!options_.check_weights) opened_->allow_faults();
  }
  if (!job.asked.request.sampled) return load_and_encode(job, first);
  opened_->networks.adopt(job.running.execution(), Stage::kDecode);
  static_cast<void>(opened_->take_work());  // of earlier runs
}

void PictureMaker::load_and_encode(Job& job, int first) {
  const auto no_steps = [] { return 0; };
  if (job.asked.request.init) check_image_encoder(opened_->vae);
  TextToImage& networks = opened_->networks;
  converted_.use(*opened_, options_.model, job.running.execution(), /*may_write=*/!job.is_retry,
                 job.hooks.check, job.sink);
  if (previews_.fit(networks, job.running.execution(), job.asked.request, job.hooks))
    static_cast<void>(backend_.end_stage());  // separate from the load's peak
  static_cast<void>(opened_->take_work());    // of earlier runs
  job.recorder.run(Stage::kLoad, first, [&] {
    return job.running.run(Stage::kLoad, no_steps, [&] {
      networks.prepare(job.running.execution());
      return 0;
    });
  });
  job.prompt.set(job.recorder.run(Stage::kEncode, first, [&] {
    return job.running.run(Stage::kEncode, no_steps,
                           [&] { return networks.encode(job.asked.ids, job.hooks); });
  }));
  if (!job.asked.request.init) return;
  job.image = job.recorder.run(Stage::kEncodeImage, first, [&] {
    return job.running.run(Stage::kEncodeImage, no_steps, [&] {
      return encode_init_image(networks, *job.asked.request.init, torch_device_, job.hooks);
    });
  });
}

GeneratedImage PictureMaker::make_picture(Job& job, int i, bool is_further) {
  if (is_further) job.recorder.begin_next_picture(job.running.begin_next_picture());
  GeneratedImage result;
  result.index = i;
  result.seed = seed_of(job.asked.request, i);
  if (loras_) result.loras = *loras_;
  const at::Tensor latents = sample(job, result);
  result.image = job.recorder.run(Stage::kDecode, result.index, [&] {
    return job.running.run(
        Stage::kDecode, [&] { return job.asked.shape.steps; },
        [&] { return to_image(opened_->networks.decode(latents, job.hooks)); });
  });
  check_colours(job, result);
  result.run_record = job.recorder.run_record(job.running, result.index);
  result.run_record.model_files = hashed_files(*opened_, options_.hash_of);
  result.run_record.copy_bytes_per_second = opened_->take_work().bytes_per_second();
  return result;
}

at::Tensor PictureMaker::sample(Job& job, GeneratedImage& result) {
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
    const SampledPicture sampled =
        take_sampled(result, sampling.latents, job.choice.formats, *opened_, options_.device.name);
    try {
      result.kept = options_.keep_sampled(request, sampled);
    } catch (const Error& e) {
      job.sink.on_notice({Notice::Kind::kSampleNotKept, e.message()});
    }
  }
  return sampling.latents;
}

void PictureMaker::check_colours(const Job& job, const GeneratedImage& result) const {
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

void PictureMaker::denoise(Job& job, int i, std::uint64_t seed, Sampling& sampling) {
  TextToImage& networks = opened_->networks;
  const GenerationRequest& request = job.asked.request;
  std::optional<StepTimer> steps;
  std::size_t plan_of_steps = 0;
  const auto start_clock = [&] {
    plan_of_steps = job.running.changes().size();
    steps.emplace(steps_, job.sink, job.asked.shape, job.running.execution(),
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
    if (plan_of_steps == job.running.changes().size()) {
      steps->step_done(step);
    } else {
      start_clock();  // a step in which the plan changed cannot be compared
    }
    report(step);
  };
  previews_.show(hooks, job.sink, [&job] {
    // Half of it: what a step leaves behind is in it too, and a GPU's allocator needs whole pieces.
    const StagePlan* const steps_plan = find_stage(job.running.plan(), Stage::kDenoise);
    return steps_plan == nullptr ? 0 : steps_plan->activation_bytes / 2;
  });
  hooks.pause = [&] { return job.running.wants_change(sampling.steps_done); };
  job.running.run(
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
          job.running.change(sampling.steps_done);
          networks.denoise(sampling, job.prompt.features(), request, hooks);
        } while (sampling.steps_done < job.asked.shape.steps);
        report(sampling.steps_done);
        return 0;
      });
}

void PictureMaker::check_finite(const Job& job, int i, const Sampling& sampling) const {
  if (is_finite(sampling.latents)) return;
  const Message what = say("the latents are not finite after step {0} of {1} (overflow)",
                           sampling.steps_done, job.asked.shape.steps);
  if (!job.is_retry) throw NumericalFailure{i, what};
  throw broken_model(options_, what, job.choice);
}

// After the first picture, everything that is loaded on demand is loaded.
void PictureMaker::keep_overhead() {
  if (std::exchange(overhead_is_kept_, true)) return;
  const std::optional<CardOverhead> overhead = backend_.measure_overhead(/*complete=*/true);
  if (overhead && options_.keep_overhead) options_.keep_overhead(*overhead);
}

}  // namespace headroom
