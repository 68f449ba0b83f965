#pragma once
#include "headroom/config/app_config.h"
#include "headroom/core/message.h"
#include "headroom/model_files/model_folder.h"

#include <filesystem>

namespace headroom {

struct ChosenPreviewDecoder {
  std::filesystem::path file{};  // empty = none
  Message problem{};             // why the configured file cannot be used; else empty
};

// The file of TAEF1 that previews are decoded with. It is the configured one, or the first that is
// found by its name, taef1*.safetensors or taef1*.pth, beside the model and in ComfyUI's folders
// vae_approx, or one of madebyollin/taef1 in the Hugging Face cache. None for a model with other
// latents. One that was found but is damaged is left out, and so is a configured one for such a
// model, both with a warning. A configured file that is missing or no TAEF1 costs the previews and
// not the model.
[[nodiscard]] ChosenPreviewDecoder chosen_preview_decoder(const ModelOptions& options,
                                                          const ModelFolder& model);

}  // namespace headroom
