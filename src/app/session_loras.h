#pragma once
#include "headroom/cli/command_line.h"
#include "headroom/engine/model_on_device.h"
#include "headroom/pipeline/lora_sets.h"

#include "generation_context.h"
#include "resumable_folder.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace headroom {

// The LoRAs that prompts may ask for while the program runs, by the same names as on the command
// line. `keep`: see PipelineOptions::keep_sampled.
[[nodiscard]] std::shared_ptr<LoraSets> make_lora_sets(const AppConfig& config,
                                                       const GenerationContext& app,
                                                       KeepSampled keep = {});
// Opens the LoRAs of --lora, so that prompts may ask for them by the names in the result; null =
// none. Throws Error.
[[nodiscard]] std::shared_ptr<const OpenedLoras> add_typed_loras(const CommandLine& line,
                                                                 const GenerationContext& app,
                                                                 LoraSets& sets);
// Makes pictures with the LoRAs of their prompts; learns from their run records and stores them.
[[nodiscard]] GenerationQueue::Source lora_source(const GenerationContext& app,
                                                  const std::shared_ptr<LoraSets>& sets);
// `folders`: those that make_lora_sets() searches, see lora_folders_of().
[[nodiscard]] LoraServices lora_services(const std::shared_ptr<LoraSets>& sets,
                                         std::vector<std::filesystem::path> folders);
[[nodiscard]] std::vector<std::filesystem::path> lora_folders_of(const AppConfig& config,
                                                                 const GenerationContext& app);

}  // namespace headroom
