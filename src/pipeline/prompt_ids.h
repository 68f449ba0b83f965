#pragma once
#include "headroom/core/lora_tags.h"
#include "headroom/pipeline/text_to_image.h"
#include "headroom/text/prompt_tokenizer.h"

namespace headroom {

// Without a tokenizer (only the model's configs exist) every prompt counts as 64 tokens.
[[nodiscard]] inline PromptIds encode_prompts(const PromptTokenizer* tokenizer,
                                              const GenerationRequest& request) {
  constexpr std::size_t kUsualLength = 64;
  const auto encode = [&](const std::string& prompt) {
    return tokenizer != nullptr ? tokenizer->encode_prompt(prompt)
                                : std::vector<std::int32_t>(kUsualLength);
  };
  PromptIds ids;
  ids.positive = encode(take_lora_tags(request.prompt).words);
  if (is_guided(request)) ids.negative = encode(request.negative_prompt);
  return ids;
}

}  // namespace headroom
