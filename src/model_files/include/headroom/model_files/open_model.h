#pragma once
#include "headroom/core/model_shelves.h"
#include "headroom/model_files/model_folder.h"

#include <filesystem>
#include <string>

namespace headroom {

// What a person names. Empty: the model's own, or what is found.
struct ModelPlaces {
  std::string model;                   // folder, weight file, or repository ("org/name")
  std::filesystem::path text_encoder;  // file or folder
  std::filesystem::path vae;           // file or folder
  std::filesystem::path tokenizer;     // folder, or its tokenizer.json
  std::filesystem::path hub_cache;     // of Hugging Face; empty = not looked into
  ModelShelves shelves{};              // where a file's other parts are also looked for
};

// A model wherever its parts are: a folder in the Hugging Face layout, whose parts may hold single
// files and GGUF; a repository in the Hugging Face cache; or the file of a transformer or of all
// networks, whose other parts are given, in the folders that ComfyUI, Forge and diffusers put
// beside it, or in the Hugging Face cache. Opens headers, and takes from them what configs do not
// say. Throws Error{kModelFile} with one sentence that names what is missing or in the wrong place.
[[nodiscard]] ModelFolder open_model(const ModelPlaces& places);

}  // namespace headroom
