#include "command_table.h"

#include "headroom/cli/command_options.h"

#include "commands/commands.h"

#include <array>

namespace headroom {

std::span<const Command> commands() {
  // In the order of --help.
  static constexpr std::array kCommands = std::to_array<Command>({
      {"generate", "Make pictures", &generate_options, &need_prompt, &run_generate},
      {"finish", "Make kept pictures anew at a larger size, with the settings inside them",
       &finish_options, &need_pictures, &run_finish},
      {"resume", "Finish pictures whose steps were done when their run ended: decode and save them",
       &resume_options, nullptr, &run_resume},
      {"upscale", "Enlarge pictures", &upscale_options, &need_pictures_and_model, &run_upscale},
      {"plan", "Say what a request would need; runs nothing", &plan_options, nullptr, &run_plan},
      {"frontier", "Say which sizes fit; runs nothing", &frontier_options, nullptr, &run_frontier},
      {"report", "Compare predicted and actual memory and time of past runs", &report_options,
       nullptr, &run_report},
      {"devices", "List devices and their memory", &devices_options, nullptr, &run_devices},
      {"calibrate",
       "Measure what the libraries of a device allocate for themselves, for better predictions",
       &calibrate_options, nullptr, &run_calibrate},
      {"models", "List the models on this machine, and what they need at the preset sizes",
       &models_options, nullptr, &run_models},
      {"cache", "List the weights that are kept in the number format that they are computed in",
       &cache_options, nullptr, &run_cache},
      {"quantize", "Write a model's weights to a smaller file, with their matrices rounded",
       &quantize_options, &need_format, &run_quantize},
      {"inspect", "Show a picture's settings, a weight file's tensors or a model", &inspect_options,
       &need_path, &run_inspect},
      {"tokenize",
       "Read lines {\"text\": ..., \"template\": false} and write lines {\"ids\": [...]}",
       &tokenize_options, nullptr, &run_tokenize},
  });
  return kCommands;
}

}  // namespace headroom
