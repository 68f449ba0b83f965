#pragma once
#include "headroom/core/model_shelves.h"
#include "headroom/model_files/model_folder.h"

#include <filesystem>
#include <string>

namespace headroom {

// What a user names. Empty: the model's own part, or one that is found.
struct ModelPlaces {
  std::string model;                   // folder, weight file, or repository ("org/name")
  std::filesystem::path text_encoder;  // file or folder
  std::filesystem::path vae;           // file or folder
  std::filesystem::path tokenizer;     // folder, or its tokenizer.json
  std::filesystem::path hub_cache;     // Hugging Face's cache; empty = not searched
  ModelShelves shelves{};              // where a file's other parts are also searched for
};

// Opens a model wherever its parts are: a folder in the Hugging Face layout, whose parts may be
// single files and GGUF; a repository in the Hugging Face cache; or a file with the transformer or
// all networks, whose other parts are given, or lie in the folders that ComfyUI, Forge and
// diffusers put beside it, or in the Hugging Face cache. Reads headers, and takes from them what
// configs do not say. Throws Error{kModelFile} with one sentence that names what is missing or in
// the wrong place.
[[nodiscard]] ModelFolder open_model(const ModelPlaces& places);

}  // namespace headroom
