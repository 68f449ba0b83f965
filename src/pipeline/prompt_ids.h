#pragma once
#include "headroom/text/prompt_tokenizer.h"
#include "text_to_image.h"

namespace headroom {

[[nodiscard]] inline PromptIds encode_prompts(const PromptTokenizer& tokenizer,
                                              const GenerationRequest& request) {
  PromptIds ids;
  ids.positive = tokenizer.encode_prompt(request.prompt);
  if (is_guided(request)) ids.negative = tokenizer.encode_prompt(request.negative_prompt);
  return ids;
}

}  // namespace headroom
