#include "headroom/gui_state/run_shapes.h"

#include "headroom/gui_state/lora_chips.h"
#include "headroom/gui_state/upscale_choice.h"

#include <algorithm>
#include <utility>

namespace headroom {

void RunShapes::use(std::shared_ptr<const ModelOnDevice> model) {
  model_ = std::move(model);
  prompt_ = negative_ = picture_prompt_ = picture_negative_ = {};
  jobs_.clear();
}

PromptLength RunShapes::measure(const std::string& prompt) const {
  if (!model_->measure_prompt || !is_valid_utf8(prompt)) {
    return {.tokens = 0, .read_tokens = 0, .read_bytes = prompt.size()};
  }
  return model_->measure_prompt(prompt);
}

const PromptLength& RunShapes::measure_again(Measured& last, const std::string& prompt) const {
  if (!last.is_known || last.text != prompt) last = {prompt, measure(prompt), true};
  return last.length;
}

RunShape RunShapes::shape_of(const GenerationRequest& request, const PromptLength& prompt,
                             const PromptLength& negative) const {
  // A model always reads something: an unknown length counts as one token.
  return model_->shape(request, std::max(1, prompt.read_tokens), std::max(1, negative.read_tokens));
}

std::optional<PromptLength> RunShapes::prompt_length(const GenerationRequest& draft) {
  if (!model_->measure_prompt) return std::nullopt;
  return measure_again(prompt_, draft.prompt);
}

RunShape RunShapes::of_draft(const GenerationRequest& draft) {
  const PromptLength& prompt = measure_again(prompt_, draft.prompt);
  return shape_of(draft, prompt, measure_again(negative_, draft.negative_prompt));
}

RunShape RunShapes::of_picture(const GenerationRequest& request) {
  const PromptLength& prompt = measure_again(picture_prompt_, request.prompt);
  return shape_of(request, prompt, measure_again(picture_negative_, request.negative_prompt));
}

std::vector<ForecastService::Run> RunShapes::of_jobs(const std::vector<JobStatus>& jobs) {
  std::vector<ForecastService::Run> runs;
  std::map<JobId, ForecastService::Run> known;
  for (const JobStatus& job : jobs) {
    const GenerationRequest& request = job.request;
    const auto before = jobs_.find(job.id);
    if (before != jobs_.end()) {
      runs.push_back(before->second);
    } else if (request.upscale) {
      runs.push_back(run_of_upscale(request));
    } else {
      runs.push_back({shape_of(request, measure(request.prompt), measure(request.negative_prompt)),
                      request.count, loras_of_run(request.prompt)});
    }
    known.emplace(job.id, runs.back());
  }
  jobs_ = std::move(known);
  return runs;
}

}  // namespace headroom
