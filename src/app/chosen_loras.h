#pragma once
#include "headroom/core/generation.h"
#include "headroom/model_files/model_folder.h"
#include "headroom/pipeline/adapters.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace headroom {

// What a person asks for: by tags in the prompt, and after --lora as FILE[:STRENGTH], where FILE
// may be a name as in a tag.
struct TypedLoras {
  std::string prompt;
  std::vector<std::string> options;
};

// Where names of LoRAs are looked up, in this order: around the model, on `shelves`, in the
// person's own folder.
[[nodiscard]] std::vector<std::filesystem::path> lora_folders(
    const ModelFolder& model, const std::vector<std::filesystem::path>& shelves);

// Finds, opens and checks them all, those of the prompt first; null = none is asked for. Throws
// Error with one sentence for the first that is not there or does not fit the model.
[[nodiscard]] std::shared_ptr<const Adapters> open_loras(
    const TypedLoras& typed, const ModelFolder& model,
    const std::vector<std::filesystem::path>& shelves);

// `request`, whose prompt asks for the first of these, with tags for the others: so a picture says
// what it was made with, and the prompt alone makes it again.
[[nodiscard]] GenerationRequest with_loras(GenerationRequest request, const Adapters* adapters);

}  // namespace headroom
