#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/model_config.h"
#include "headroom/core/run_shape.h"
#include "headroom/text/prompt_tokenizer.h"

namespace headroom {

// The shape of the pictures that `request` asks for, given its prompts' token counts; without
// guidance the negative prompt is not read. `scheduler` is the model's.
[[nodiscard]] RunShape shape_of(const GenerationRequest& request, int prompt_tokens,
                                int negative_tokens, const SchedulerConfig& scheduler);

// The same, but tokenises the prompts here. Without a tokenizer (null: only the model's configs
// exist) a prompt counts as 64 tokens. Throws Error{kInvalidRequest} when a prompt is not UTF-8.
[[nodiscard]] RunShape shape_of(const GenerationRequest& request, const PromptTokenizer* tokenizer,
                                const SchedulerConfig& scheduler);

}  // namespace headroom
