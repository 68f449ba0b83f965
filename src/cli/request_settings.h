#pragma once
#include "headroom/cli/command_line.h"
#include "headroom/cli/typed_options.h"

#include <span>
#include <string>
#include <string_view>

namespace headroom {

// A setting of a picture that is an option with one value.
struct RequestSetting {
  std::string_view name;  // the option without its hyphens
  TypedOptions::Text TypedOptions::*typed;
  // Throws Error{kInvalidRequest}, a sentence with `option` and the typed text.
  void (*apply)(const std::string& option, const std::string& value, CommandLine& line);
  bool is_number = false;
};

[[nodiscard]] std::span<const RequestSetting> request_settings();
// Null if there is none with this name.
[[nodiscard]] const RequestSetting* find_request_setting(std::string_view name);

}  // namespace headroom
