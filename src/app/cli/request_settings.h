#pragma once
#include "cli/command_line.h"
#include "cli/typed.h"

#include <span>
#include <string>
#include <string_view>

namespace headroom {

// A setting of a picture that is one value after an option.
struct RequestSetting {
  std::string_view name;  // of the option, without its hyphens
  Typed::Text Typed::*typed;
  // Throws Error{kInvalidRequest}, a sentence that names `option` and what was typed.
  void (*apply)(const std::string& option, const std::string& value, CommandLine& line);
  bool is_number = false;
};

[[nodiscard]] std::span<const RequestSetting> request_settings();
// Null when none has this name.
[[nodiscard]] const RequestSetting* find_request_setting(std::string_view name);

}  // namespace headroom
