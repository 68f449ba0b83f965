#pragma once
#include "headroom/core/generation.h"
#include "headroom/gui/window.h"

#include <optional>
#include <string>

namespace headroom {

// Measures a prompt when it has changed.
class PromptMeter {
 public:
  // Nothing where the program cannot tell.
  [[nodiscard]] std::optional<PromptLength> measure(const WindowServices& services,
                                                    const std::string& prompt) {
    if (!services.measure_prompt) return std::nullopt;
    if (!length_ || prompt != prompt_) {
      prompt_ = prompt;
      length_ =
          is_valid_utf8(prompt) ? services.measure_prompt(prompt) : PromptLength{0, prompt.size()};
    }
    return length_;
  }

 private:
  std::string prompt_;
  std::optional<PromptLength> length_;
};

}  // namespace headroom
