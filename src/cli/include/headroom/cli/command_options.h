#pragma once
#include "headroom/cli/typed_options.h"

namespace CLI {
class App;
}

namespace headroom {

// One function a command that has options of its own: puts them into `command`, to be written into
// `typed`, which must live as long.
void cache_options(CLI::App& command, TypedOptions& typed);
void models_options(CLI::App& command, TypedOptions& typed);
void quantize_options(CLI::App& command, TypedOptions& typed);
void resume_options(CLI::App& command, TypedOptions& typed);
void generate_options(CLI::App& command, TypedOptions& typed);
void finish_options(CLI::App& command, TypedOptions& typed);
void upscale_options(CLI::App& command, TypedOptions& typed);
void plan_options(CLI::App& command, TypedOptions& typed);
void frontier_options(CLI::App& command, TypedOptions& typed);
void report_options(CLI::App& command, TypedOptions& typed);
void devices_options(CLI::App& command, TypedOptions& typed);
void calibrate_options(CLI::App& command, TypedOptions& typed);
void inspect_options(CLI::App& command, TypedOptions& typed);
void tokenize_options(CLI::App& command, TypedOptions& typed);

// Of commands that cannot do without: throws Error{kInvalidRequest}, one sentence that says what is
// missing and how it is typed.
void need_prompt(const TypedOptions& typed);
void need_pictures(const TypedOptions& typed);
void need_path(const TypedOptions& typed);
void need_format(const TypedOptions& typed);
void need_pictures_and_model(const TypedOptions& typed);

}  // namespace headroom
