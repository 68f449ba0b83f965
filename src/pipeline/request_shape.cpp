#include "headroom/pipeline/request_shape.h"

#include "headroom/diffusion/guidance.h"
#include "headroom/diffusion/schedule.h"

#include "prompt_ids.h"

#include <span>
#include <vector>

namespace headroom {

RunShape shape_of(const GenerationRequest& request, int prompt_tokens, int negative_tokens,
                  const SchedulerConfig& scheduler) {
  if (request.sampled) {
    return {
        .width = request.width, .height = request.height, .steps = 1, .start = StartFrom::kSampled};
  }
  RunShape shape{.width = request.width,
                 .height = request.height,
                 .steps = request.steps - first_step(request),
                 .prompt_tokens = prompt_tokens,
                 .start = start_of(request)};
  if (!is_guided(request)) return shape;
  shape.negative_tokens = negative_tokens;
  std::vector<float> sigmas =
      flow_match_sigmas(request.steps, request.shift.value_or(scheduler.shift));
  sigmas.pop_back();  // the end of the last step
  for (const float sigma :
       std::span(sigmas).subspan(static_cast<std::size_t>(first_step(request)))) {
    if (is_guided(request.guidance_scale, request.cfg_truncation, model_time(sigma))) {
      ++shape.guided_steps;
    }
  }
  return shape;
}

RunShape shape_of(const GenerationRequest& request, const PromptTokenizer* tokenizer,
                  const SchedulerConfig& scheduler) {
  if (request.sampled) return shape_of(request, 0, 0, scheduler);
  const PromptIds ids = encode_prompts(tokenizer, request);
  return shape_of(request, static_cast<int>(ids.positive.size()),
                  static_cast<int>(ids.negative.size()), scheduler);
}

}  // namespace headroom
