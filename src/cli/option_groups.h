#pragma once
#include "headroom/cli/typed_options.h"

#include <string>

namespace CLI {
class App;
}

namespace headroom {

// An option with a value. If it is given twice, the last one counts.
void add(CLI::App& app, const std::string& group, const std::string& names, const char* value,
         TypedOptions::Text& target, const std::string& help);

// Options that several commands share.
void add_config_option(CLI::App& app, TypedOptions& typed);
void add_memory_options(CLI::App& app, TypedOptions& typed);
void add_part_options(CLI::App& app, TypedOptions& typed);
void add_model_option(CLI::App& app, TypedOptions& typed);
void add_processor_options(CLI::App& app, TypedOptions& typed);  // device and threads
void add_device_options(CLI::App& app, TypedOptions& typed);
void add_low_vram_flag(CLI::App& app, TypedOptions& typed);
// Model, device, memory and configuration: for commands that make pictures or say what they need.
void add_run_options(CLI::App& app, TypedOptions& typed);
void add_request_options(CLI::App& app, TypedOptions& typed);
// Parts of the options of generate, for commands that get the other settings elsewhere.
void add_prompt_options(CLI::App& app, TypedOptions& typed);
void add_setting_options(CLI::App& app, TypedOptions& typed);
void add_init_options(CLI::App& app, TypedOptions& typed);
void add_json_flag(CLI::App& app, TypedOptions& typed, const char* help);

}  // namespace headroom
