#include "commands/inspect_weights.h"

#include "headroom/core/error.h"
#include "headroom/weights/dequantize.h"
#include "headroom/weights/file_kind.h"
#include "headroom/weights/stored_tensors.h"
#include "headroom/weights/tensor_file.h"

#include <cstdint>

namespace headroom {

nlohmann::ordered_json inspect_weights(const std::filesystem::path& file) {
  using Json = nlohmann::ordered_json;
  const TensorFile opened(file);
  const FileKind kind = tell_kind(opened);
  if (kind.kind == WeightKind::kForeign) {
    throw Error(ErrorKind::kModelFile, say("{0}: {1}", file, kind.refusal));
  }
  const StoredTensors stored = read_stored_tensors(opened.tensors(), opened.metadata(), file);
  Json formats = Json::object();
  std::int64_t parameters = 0;
  for (const auto& [name, tensor] : stored) {
    const std::string format = format_name(tensor);
    formats[format] = formats.value(format, 0) + 1;
    parameters += row_count(tensor.shape) * row_width(tensor.shape);
  }
  Json tensors = Json::object();
  std::int64_t bytes = 0;
  for (const auto& [name, view] : opened.tensors()) {
    Json& entry = tensors[name] = Json{{"dtype", dtype_name(view.dtype)}, {"shape", view.shape}};
    const auto found = stored.find(name);
    if (found != stored.end() && found->second.coding != Coding::kPlain) {
      entry["format"] = format_name(found->second);
    }
    bytes += static_cast<std::int64_t>(view.data.size());
  }
  return {{"file", file.string()},
          {"kind", container_name(opened.container())},
          {"contents", kind.what.empty() ? "unknown" : kind.what.english()},
          {"formats", formats},
          {"parameters", parameters},
          {"tensor_count", opened.tensors().size()},
          {"tensor_bytes", bytes},
          {"metadata", opened.metadata()},
          {"tensors", tensors}};
}

}  // namespace headroom
