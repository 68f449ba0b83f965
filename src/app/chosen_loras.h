#pragma once
#include "headroom/core/generation.h"
#include "headroom/model_files/model_folder.h"
#include "headroom/pipeline/opened_loras.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace headroom {

// The LoRAs that a person asks for: tags in the prompt, and the texts after --lora,
// FILE[:STRENGTH], where FILE may also be a name as in a tag.
struct TypedLoras {
  std::string prompt;
  std::vector<std::string> options;
};

// Folders in which names of LoRAs are looked up, in this order: around the model, on `shelves`, in
// the user's own folder.
[[nodiscard]] std::vector<std::filesystem::path> lora_folders(
    const ModelFolder& model, const std::vector<std::filesystem::path>& shelves);

// Finds, opens and checks all of them, those in the prompt first; null = none. Throws Error with
// one sentence for the first that does not exist or does not fit the model.
[[nodiscard]] std::shared_ptr<const OpenedLoras> open_loras(
    const TypedLoras& typed, const ModelFolder& model,
    const std::vector<std::filesystem::path>& shelves);

// `request` with tags added for LoRAs that its prompt does not name yet (those of --lora), so that
// a picture records what it was made with, and its prompt alone can make it again.
[[nodiscard]] GenerationRequest with_loras(GenerationRequest request,
                                           const OpenedLoras* opened_loras);

}  // namespace headroom
