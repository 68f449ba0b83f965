#pragma once
#include "headroom/config/app_config.h"
#include "headroom/engine/upscaler_search.h"

#include <filesystem>
#include <functional>
#include <vector>

namespace headroom {

// Folders that are searched for upscalers: the user's own, ComfyUI's and Forge's. They need not
// exist.
[[nodiscard]] std::vector<std::filesystem::path> upscaler_folders(const ModelOptions& options);

// Reports all upscaler files in them, .safetensors and .pth, by name, and the upscaling program if
// it is in the PATH; a problem with a file is in its offer. `found` may throw; the exception is
// passed on.
void offer_upscalers(const ModelOptions& options, const std::function<void(UpscalerOffer)>& found);

}  // namespace headroom
