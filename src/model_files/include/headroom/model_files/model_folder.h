#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/message.h"
#include "headroom/core/model_config.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace headroom {

// Where the parts of a model are: its networks each in a folder of diffusers' layout or in a file,
// which may be the same for several.
struct PartPlaces {
  std::filesystem::path transformer;
  std::filesystem::path text_encoder;
  std::filesystem::path vae;
  std::filesystem::path tokenizer;  // folder with tokenizer.json
};

// A model, its configs read and checked. Plain values: copy freely.
struct ModelFolder {
  std::filesystem::path root;  // folder of the whole, or the transformer's file
  PartPlaces parts;
  ModelInfo info;
  TransformerConfig transformer;
  TextEncoderConfig text_encoder;
  VaeConfig vae;
  SchedulerConfig scheduler;
  // Of each of the transformer's main layers, as they are stored, some otherwise than others; none
  // = the weights are not here or not opened.
  std::vector<std::int64_t> layer_file_bytes;
  std::vector<Message> notes;  // what was found or taken for granted
};

// Reads a folder in the Hugging Face layout of Z-Image: model_index.json, each component's
// config.json, scheduler_config.json and (optional) generation_defaults.json; no weights are
// opened. Throws Error{kModelFile}: one sentence naming the file, the key, what was found and what
// is supported (a class that is not Z-Image's, a size that cannot be, a missing file).
[[nodiscard]] ModelFolder read_model_folder(const std::filesystem::path& root);

}  // namespace headroom
