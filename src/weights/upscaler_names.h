#pragma once
#include "headroom/weights/tensor_file.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace headroom {

using UpscalerTensors = std::map<std::string, TensorView, std::less<>>;

// The tensors of an upscaler by the names of Real-ESRGAN's own code, without the file's prefix;
// empty if the file has no such network. If it has two networks, the averaged one, "params_ema",
// is taken.
[[nodiscard]] UpscalerTensors named_as_real_esrgan(const UpscalerTensors& stored);

}  // namespace headroom
