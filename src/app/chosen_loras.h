#pragma once
#include "headroom/core/generation.h"
#include "headroom/pipeline/adapters.h"
#include "headroom/weights/model_folder.h"

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

// Finds, opens and checks them all, those of the prompt first; null = none is asked for. Names are
// looked up around the model, then on `shelves`, then in the person's own folder. Throws Error with
// one sentence for the first that is not there or does not fit the model.
[[nodiscard]] std::shared_ptr<const Adapters> open_loras(
    const TypedLoras& typed, const ModelFolder& model,
    const std::vector<std::filesystem::path>& shelves);

// `request`, whose prompt asks for the first of these, with tags for the others: so a picture says
// what it was made with, and the prompt alone makes it again.
[[nodiscard]] GenerationRequest with_loras(GenerationRequest request, const Adapters* adapters);

}  // namespace headroom
