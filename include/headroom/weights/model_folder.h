#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/model_config.h"

#include <filesystem>

namespace headroom {

// A model in the Hugging Face layout of Z-Image, its config files read and checked; no weights are
// opened. Plain values: copy freely.
struct ModelFolder {
  std::filesystem::path root;
  ModelInfo info;
  TransformerConfig transformer;
  TextEncoderConfig text_encoder;
  VaeConfig vae;
  SchedulerConfig scheduler;
};

// Reads model_index.json, each component's config.json, scheduler_config.json and (optional)
// generation_defaults.json. Throws Error{kModelFile}: one sentence naming the file, the key, what
// was found and what is supported (a class that is not Z-Image's, a size that cannot be, a missing
// file).
[[nodiscard]] ModelFolder read_model_folder(const std::filesystem::path& root);

}  // namespace headroom
