#include "request_settings.h"

#include "typed_values.h"

#include <algorithm>
#include <array>

namespace headroom {
namespace {

using Text = const std::string&;

constexpr std::array kSettings = std::to_array<RequestSetting>({
    {"negative", &TypedOptions::negative_prompt,
     [](Text, Text value, CommandLine& line) { line.negative_prompt = value; }},
    {"size", &TypedOptions::size,
     [](Text option, Text value, CommandLine& line) { line.size = read_size(option, value); }},
    {"preset", &TypedOptions::preset,
     [](Text option, Text value, CommandLine& line) { line.size = read_preset(option, value); }},
    {"steps", &TypedOptions::steps,
     [](Text option, Text value, CommandLine& line) {
       line.steps = read_int(option, value, 1, kMaxSteps, NumberOf::kSteps);
     },
     true},
    {"guidance", &TypedOptions::guidance,
     [](Text option, Text value, CommandLine& line) {
       line.guidance = read_real(option, value, NumberOf::kGuidance);
     },
     true},
    {"seed", &TypedOptions::seed,
     [](Text option, Text value, CommandLine& line) { line.seed = read_seed(option, value); },
     true},
    {"cfg-normalization", &TypedOptions::cfg_normalization,
     [](Text option, Text value, CommandLine& line) {
       line.cfg_normalization = read_real(option, value);
     },
     true},
    {"cfg-truncation", &TypedOptions::cfg_truncation,
     [](Text option, Text value, CommandLine& line) {
       line.cfg_truncation = read_real(option, value);
     },
     true},
    {"shift", &TypedOptions::shift,
     [](Text option, Text value, CommandLine& line) { line.shift = read_real(option, value); },
     true},
    {"variation", &TypedOptions::variation,
     [](Text option, Text value,
        CommandLine& line) { line.variation = read_variation(option, value); }},
    {"variety", &TypedOptions::variety,
     [](Text option, Text value,
        CommandLine& line) { line.variety = read_variety(option, value); }},
    {"seed-mode", &TypedOptions::seed_mode,
     [](Text option, Text value,
        CommandLine& line) { line.seed_mode = read_seed_mode(option, value); }},
    {"strength", &TypedOptions::strength,
     [](Text option, Text value, CommandLine& line) { line.strength = read_real(option, value); },
     true},
});

}  // namespace

std::span<const RequestSetting> request_settings() { return kSettings; }

const RequestSetting* find_request_setting(std::string_view name) {
  const auto* const found = std::ranges::find(kSettings, name, &RequestSetting::name);
  return found == kSettings.end() ? nullptr : found;
}

}  // namespace headroom
