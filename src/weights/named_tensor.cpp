#include "named_tensor.h"

#include "headroom/weights/dequantize.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/weight_faults.h"

#include <algorithm>

namespace headroom {

std::string shape_text(std::span<const std::int64_t> shape) {
  std::string text;
  for (const std::int64_t extent : shape) {
    text += (text.empty() ? "" : ", ") + std::to_string(extent);
  }
  return "[" + text + "]";
}

TensorView named_tensor(const std::map<std::string, TensorView, std::less<>>& tensors,
                        std::string_view name, std::span<const std::int64_t> shape,
                        const std::filesystem::path& file) {
  const auto refuse = [&](const Message& fault) {
    fail_model_file(file, say("{0}; the file is damaged or of another network, so download it "
                              "again",
                              fault_of(say("tensor {0}", in_quotes(name)), fault)));
  };
  const auto found = tensors.find(name);
  if (found == tensors.end()) refuse(say("is missing"));
  const TensorView& view = found->second;
  if (!std::ranges::equal(view.shape, shape)) {
    refuse(say("has the shape {0} where {1} is needed", shape_text(view.shape), shape_text(shape)));
  }
  if (!has_own_values(view.dtype)) {
    refuse(say("is stored as {0}, which cannot be computed with", dtype_name(view.dtype)));
  }
  if (find_fault(view, Look::kAll, name) == WeightFault::kNotFinite) {
    refuse(say("holds values that are not finite"));
  }
  return view;
}

}  // namespace headroom
