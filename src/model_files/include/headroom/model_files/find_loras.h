#pragma once
#include "headroom/model_files/model_folder.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace headroom {

// The folders where a model's LoRAs are looked for: "loras" in its own folder and beside it, and
// "loras" or "Lora" of the ComfyUI or Forge folders that its transformer's file is in. In the
// order of the search; they need not exist.
[[nodiscard]] std::vector<std::filesystem::path> lora_folders_around(const ModelFolder& model);

// A .safetensors file in one of the folders or below it.
struct LoraPlace {
  std::string name;  // its path in that folder without the extension: "styles/ink"
  std::filesystem::path file;
};
// All of them, in the order of the folders, then by name; a file that several folders lead to is
// listed once.
[[nodiscard]] std::vector<LoraPlace> list_loras(std::span<const std::filesystem::path> folders);

// Finds the .safetensors file called `name` in the folders or below: by its path without the
// extension ("styles/ink"), or by the end of that ("ink"). The first folder that has one is used.
// Throws Error{kInvalidRequest} with one sentence: similar names if there is none, two candidates
// if the name is ambiguous.
[[nodiscard]] std::filesystem::path find_lora(const std::string& name,
                                              std::span<const std::filesystem::path> folders);

}  // namespace headroom
