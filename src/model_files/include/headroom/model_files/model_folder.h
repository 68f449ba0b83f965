#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/message.h"
#include "headroom/core/model_config.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace headroom {

// Where a model's parts are: each network in a folder of diffusers' layout or in a file, which
// several may share.
struct PartPlaces {
  std::filesystem::path transformer;
  std::filesystem::path text_encoder;
  std::filesystem::path vae;
  std::filesystem::path tokenizer;  // folder with tokenizer.json
};

// A model whose configs were read and checked. Plain values: copy freely.
struct ModelFolder {
  std::filesystem::path root;  // the model's folder, or the transformer's file
  PartPlaces parts;
  ModelInfo info;
  TransformerConfig transformer;
  TextEncoderConfig text_encoder;
  VaeConfig vae;
  SchedulerConfig scheduler;
  // Stored bytes of each main layer of the transformer, which may differ; empty = the weights do
  // not exist or were not opened.
  std::vector<std::int64_t> layer_file_bytes;
  std::vector<Message> notes;  // what was found or assumed
};

// Reads a folder in the Hugging Face layout of Z-Image: model_index.json, each component's
// config.json, scheduler_config.json and (optional) generation_defaults.json; no weights are
// opened. Throws Error{kModelFile}: one sentence naming the file, the key, what was found and what
// is supported (a class that is not Z-Image's, a size that cannot be, a missing file).
[[nodiscard]] ModelFolder read_model_folder(const std::filesystem::path& root);

}  // namespace headroom
