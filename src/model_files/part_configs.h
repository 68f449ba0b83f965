#pragma once
#include "headroom/core/model_config.h"
#include "headroom/weights/config_file.h"

namespace headroom {

// Each reads one part's config and checks it against what the networks can run. Throws
// Error{kModelFile} with one sentence naming file, key, what was found and what is supported.
[[nodiscard]] TransformerConfig read_transformer(const ConfigFile& config);
[[nodiscard]] TextEncoderConfig read_text_encoder(const ConfigFile& config);
[[nodiscard]] VaeConfig read_vae(const ConfigFile& config);
[[nodiscard]] SchedulerConfig read_scheduler(const ConfigFile& config);

}  // namespace headroom
