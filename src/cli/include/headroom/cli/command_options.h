#pragma once
#include "headroom/cli/typed.h"

namespace CLI {
class App;
}

namespace headroom {

// One function a command that has options of its own: puts them into `command`, to be written into
// `typed`, which must live as long.
void cache_options(CLI::App& command, Typed& typed);
void models_options(CLI::App& command, Typed& typed);
void quantize_options(CLI::App& command, Typed& typed);
void resume_options(CLI::App& command, Typed& typed);
void generate_options(CLI::App& command, Typed& typed);
void finish_options(CLI::App& command, Typed& typed);
void upscale_options(CLI::App& command, Typed& typed);
void plan_options(CLI::App& command, Typed& typed);
void frontier_options(CLI::App& command, Typed& typed);
void report_options(CLI::App& command, Typed& typed);
void devices_options(CLI::App& command, Typed& typed);
void calibrate_options(CLI::App& command, Typed& typed);
void inspect_options(CLI::App& command, Typed& typed);
void tokenize_options(CLI::App& command, Typed& typed);

// Of commands that cannot do without: throws Error{kInvalidRequest}, one sentence that says what is
// missing and how it is typed.
void need_prompt(const Typed& typed);
void need_pictures(const Typed& typed);
void need_path(const Typed& typed);
void need_format(const Typed& typed);
void need_pictures_and_model(const Typed& typed);

}  // namespace headroom
