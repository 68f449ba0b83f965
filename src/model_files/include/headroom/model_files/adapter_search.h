#pragma once
#include "headroom/model_files/model_folder.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace headroom {

// Where the LoRAs of a model are looked for: "loras" in its own folder and beside it, and the
// "loras" or "Lora" of the ComfyUI or Forge folders that its transformer's file is in. In the order
// of the search; those that are not there included.
[[nodiscard]] std::vector<std::filesystem::path> adapter_folders(const ModelFolder& model);

// A .safetensors file in one of the folders or below.
struct AdapterPlace {
  std::string name;  // its path there without the ending: "styles/ink"
  std::filesystem::path file;
};
// All of them: in the order of the folders, then of names; one that several folders lead to, once.
[[nodiscard]] std::vector<AdapterPlace> list_adapters(
    std::span<const std::filesystem::path> folders);

// The .safetensors file of that name in one of the folders or below: by its path there without the
// ending ("styles/ink"), or by the end of it ("ink"). The first folder that has one counts. Throws
// Error{kInvalidRequest} with one sentence: near names where there is none, two where it is not
// one.
[[nodiscard]] std::filesystem::path find_adapter(const std::string& name,
                                                 std::span<const std::filesystem::path> folders);

}  // namespace headroom
