#include "settings_limits.h"

#include "headroom/core/error.h"

#include <array>
#include <charconv>

namespace headroom {

std::string number_text(double value) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

void refuse_setting(std::string_view key, std::string_view value, std::string_view allowed) {
  constexpr std::size_t kShownBytes = 60;
  std::string shown(value.substr(0, kShownBytes));
  if (value.size() > kShownBytes) {
    // Do not cut inside a character.
    while (!shown.empty() && !is_valid_utf8(shown)) shown.pop_back();
    shown += "...";
  }
  throw Error(ErrorKind::kInvalidRequest, "settings: \"" + std::string(key) + "\" is " + shown +
                                              "; it must be " + std::string(allowed));
}

std::string allowed_text(IntRange range) {
  return "a whole number from " + std::to_string(range.low) + " to " + std::to_string(range.high);
}

std::string allowed_text(RealRange range) {
  return "a number from " + number_text(range.low) + " to " + number_text(range.high);
}

void take_prompts(ReadSettings& settings) {
  const auto take = [&settings](const char* field, std::string& text) {
    if (text.size() > kMaxPromptBytes) {
      settings.unknown.emplace_back(field, text);
      text.clear();
    }
    if (!text.empty()) settings.found.emplace_back(field);
  };
  take("prompt", settings.request.prompt);
  take("negative_prompt", settings.request.negative_prompt);
}

}  // namespace headroom
