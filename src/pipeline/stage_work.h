#pragma once
#include "headroom/core/generation.h"
#include "headroom/weights/model_folder.h"
#include "text_to_image.h"

namespace headroom {

// Work of one stage for one picture, for the time model: floating-point operations of the
// transformer, tokens of the text encoder, pixels of the decoder. Loading and saving: 1 and pixels.
[[nodiscard]] double stage_work(Stage stage, const ModelFolder& model,
                                const GenerationRequest& request, const PromptIds& ids);

}  // namespace headroom
