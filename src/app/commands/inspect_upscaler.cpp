#include "commands/inspect_upscaler.h"

#include "headroom/core/size.h"
#include "headroom/forecast/upscale_plan.h"
#include "headroom/weights/dequantize.h"
#include "headroom/weights/upscaler_file.h"

#include "generation_context.h"

#include <cstdint>

namespace headroom {
namespace {

using Json = nlohmann::ordered_json;

constexpr Size kPicture{512, 512};

Json memory_json(const UpscalerConfig& config, const Device& device) {
  constexpr std::int64_t kAtOnce = 0;
  const UpscalePlan plan = plan_upscale(config, kPicture.width, kPicture.height, kAtOnce, device);
  return {{"device", device.name},
          {"picture", to_string(kPicture)},
          {"weights_bytes", plan.weights_bytes},
          {"peak_bytes", plan.peak_bytes},
          {"host_bytes", plan.host_bytes}};
}

}  // namespace

Json inspect_upscaler(const std::filesystem::path& file, const std::string& device) {
  const UpscalerFile opened(file);
  const UpscalerConfig& config = opened.config();
  const bool is_rrdb = config.kind == UpscalerKind::kRrdbNet;
  Json formats = Json::object();
  std::int64_t parameters = 0;
  std::int64_t bytes = 0;
  for (const auto& [name, view] : opened.tensors()) {
    // Throws if the values are damaged.
    if (has_own_values(view.dtype)) (void)opened.at(name, view.shape);
    const std::string format(dtype_name(view.dtype));
    formats[format] = formats.value(format, 0) + 1;
    parameters += row_count(view.shape) * row_width(view.shape);
    bytes += static_cast<std::int64_t>(view.data.size());
  }
  Json out{{"file", file.string()},
           {"kind", "upscaler"},
           {"contents", opened.what()},
           {"container", looks_like_torch_file(file) ? "pytorch" : "safetensors"},
           {"network", is_rrdb ? "RRDBNet" : "SRVGGNetCompact"},
           {"scale", config.scale},
           {"blocks", config.blocks},
           {"channels", config.channels}};
  if (is_rrdb) {
    out["growth"] = config.growth;
    out["unshuffle"] = config.unshuffle;
  }
  out["formats"] = formats;
  out["parameters"] = parameters;
  out["tensor_count"] = opened.tensors().size();
  out["tensor_bytes"] = bytes;
  out["memory"] = memory_json(config, chosen_device(device));
  return out;
}

}  // namespace headroom
