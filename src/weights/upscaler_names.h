#pragma once
#include "headroom/weights/tensor_file.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace headroom {

using UpscalerTensors = std::map<std::string, TensorView, std::less<>>;

// The tensors of an upscaler by the names of Real-ESRGAN's own code, without what stands in front
// of them in the file; empty where there is no such network. Of two networks in one file the
// averaged one, "params_ema".
[[nodiscard]] UpscalerTensors named_as_real_esrgan(const UpscalerTensors& stored);

}  // namespace headroom
