#pragma once
#include "headroom/config/app_config.h"
#include "headroom/engine/upscaler_search.h"

#include <filesystem>
#include <functional>
#include <vector>

namespace headroom {

// Where upscalers are looked for, whether these folders are there or not: the person's own,
// ComfyUI's and Forge's.
[[nodiscard]] std::vector<std::filesystem::path> upscaler_folders(const ModelOptions& options);

// Tells of all files of upscalers there, .safetensors and .pth, by name; what is wrong with one is
// said in its offer. `found` may throw, which is let through.
void offer_upscalers(const ModelOptions& options, const std::function<void(UpscalerOffer)>& found);

}  // namespace headroom
