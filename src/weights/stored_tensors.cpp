#include "headroom/weights/stored_tensors.h"

#include "headroom/weights/dequantize.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/small_floats.h"

#include "comfy_config.h"
#include "foreign_packing.h"
#include "tiled_scales.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace headroom {
namespace {

constexpr std::string_view kMarker = "scaled_fp8";
// Known tensors beside a quantised weight; any other may change its meaning.
constexpr std::array<std::string_view, 8> kKnownLeaves{
    "weight",       "bias",        "weight_scale", "weight_scale_2",
    "scale_weight", "input_scale", "scale_input",  kComfyQuantLeaf};
constexpr std::array<std::string_view, 3> kScaleLeaves{"weight_scale", "weight_scale_2",
                                                       "scale_weight"};
// Static scales of activations: they do not affect weights.
constexpr std::array<std::string_view, 2> kActivationLeaves{"input_scale", "scale_input"};

template <std::size_t Count>
bool is_one_of(std::string_view word, const std::array<std::string_view, Count>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_float(DType dtype) {
  return dtype == DType::kF32 || dtype == DType::kF16 || dtype == DType::kBF16;
}

bool is_byte_float(DType dtype) { return dtype == DType::kF8E4M3 || dtype == DType::kF8E5M2; }

bool is_one_value(const TensorView& view) {
  return row_count(view.shape) * row_width(view.shape) == 1;
}

class Assembler {
 public:
  Assembler(const TensorViews& tensors, const std::map<std::string, std::string>& metadata,
            const std::filesystem::path& file)
      : tensors_(tensors), file_(file), configs_(read_comfy_configs(tensors, metadata, file)) {}

  StoredTensors all() {
    for (const auto& [module, config] : configs_) {
      if (find(module, "weight") == nullptr)
        fail(module, say("has a configuration, but no weight"));
    }
    for (const auto& [name, view] : tensors_) take(name, view);
    check_neighbours();
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(std::string_view module, const Message& fault) const {
    fail_layer(file_, module, fault);
  }
  const TensorView* find(std::string_view module, std::string_view leaf) const {
    const auto found = tensors_.find(std::string(module) + "." + std::string(leaf));
    return found == tensors_.end() ? nullptr : &found->second;
  }
  const TensorView& need(std::string_view module, std::string_view leaf) const {
    const TensorView* const view = find(module, leaf);
    if (view == nullptr) fail(module, say("has no {0}", leaf));
    return *view;
  }
  void take(const std::string& name, const TensorView& view);
  StoredTensor weight(std::string_view module, const TensorView& view) const;
  StoredTensor configured(std::string_view module, const TensorView& view,
                          const ComfyConfig& config) const;
  std::vector<float> scales(std::string_view module, const TensorView& scale,
                            const TensorView& weight, bool row_list) const;
  TensorView tiles(std::string_view module, const StoredTensor& tensor, DType dtype) const;
  void check_neighbours() const;

  const TensorViews& tensors_;
  const std::filesystem::path& file_;
  const std::map<std::string, ComfyConfig, std::less<>> configs_;
  StoredTensors result_;
};

// One scale for all, or one per row as [n, 1]; with `row_list` also as [n].
std::vector<float> Assembler::scales(std::string_view module, const TensorView& scale,
                                     const TensorView& weight, bool row_list) const {
  if (!is_float(scale.dtype)) {
    fail(module, say("has scales in {0}, not in {1}", dtype_name(scale.dtype), "F32"));
  }
  bool fits = is_one_value(scale);
  if (weight.shape.size() == 2) {
    const std::int64_t rows = weight.shape.front();
    fits = fits || scale.shape == std::vector<std::int64_t>{rows, 1} ||
           (row_list && scale.shape == std::vector<std::int64_t>{rows});
  }
  if (!fits) fail(module, say("has scales that are neither one nor one for each row"));
  const std::int64_t rows = row_count(scale.shape);
  std::vector<float> values(static_cast<std::size_t>(rows * row_width(scale.shape)));
  dequantize(scale, 0, rows, values);
  for (const float value : values) {
    if (!std::isfinite(value)) fail(module, say("has a scale that is infinite or no number"));
  }
  return values;
}

// The tiled block scales, which may be declared as U8 and may have lost their shape.
TensorView Assembler::tiles(std::string_view module, const StoredTensor& tensor,
                            DType dtype) const {
  const std::int64_t values = tensor.coding == Coding::kNvfp4 ? kNvfp4Block : kMxfp8Block;
  const std::int64_t width = tensor.shape.back();
  if (width % values != 0 || width == 0) {
    fail(module, say("has rows of {0} values, which are no multiple of {1}", width, values));
  }
  TensorView scale = need(module, "weight_scale");
  if (scale.dtype != dtype && scale.dtype != DType::kU8) {
    fail(module,
         say("has block scales in {0}, not in {1}", dtype_name(scale.dtype), dtype_name(dtype)));
  }
  const TileGrid grid(tensor.shape.front(), width / values);
  if (scale.data.size() != grid.bytes()) {
    fail(module, say("has {0} block scales, where {1} belong, with the padding to 128 rows",
                     scale.data.size(), grid.bytes()));
  }
  scale.dtype = dtype;
  // All codes except these are numbers. Without a branch, since a model has hundreds of millions.
  const auto mask = static_cast<unsigned char>(dtype == DType::kF8E8M0 ? 255 : 127);
  unsigned char found = 0;
  for (const std::byte code : scale.data) {
    found |= static_cast<unsigned char>((std::to_integer<unsigned char>(code) & mask) == mask);
  }
  if (found != 0) fail(module, say("has a block scale that is no number"));
  return scale;
}

StoredTensor Assembler::configured(std::string_view module, const TensorView& view,
                                   const ComfyConfig& config) const {
  const auto expect = [&](DType dtype) {
    if (view.dtype == dtype) return;
    fail(module, say("says {0} but is stored as {1}", config.format, dtype_name(view.dtype)));
  };
  if (view.shape.size() != 2) fail(module, say("is quantised, but no matrix"));
  StoredTensor tensor{Coding::kPlain, view, view.shape, {}, {}, config.rotation_group};
  if (config.format == "int8_tensorwise") {
    expect(DType::kI8);
    tensor.coding = Coding::kInt8;
    tensor.scales = scales(module, need(module, "weight_scale"), view, /*row_list=*/true);
    if (config.rotation_group != 0 && view.shape.back() % config.rotation_group != 0) {
      fail(module, say("has rows of {0} values, which are no multiple of its rotation's {1}",
                       view.shape.back(), config.rotation_group));
    }
  } else if (config.format == "nvfp4") {
    expect(DType::kU8);
    tensor.coding = Coding::kNvfp4;
    if (__builtin_mul_overflow(tensor.shape.back(), 2, &tensor.shape.back())) {
      fail(module, say("has a shape that is too large"));
    }
    tensor.block_scales = tiles(module, tensor, DType::kF8E4M3);
    const TensorView& scale = need(module, "weight_scale_2");
    if (!is_one_value(scale)) fail(module, say("has a weight_scale_2 that is not one value"));
    tensor.scales = scales(module, scale, view, /*row_list=*/false);
  } else if (config.format == "mxfp8") {
    expect(DType::kF8E4M3);
    tensor.coding = Coding::kMxfp8;
    tensor.block_scales = tiles(module, tensor, DType::kF8E8M0);
  } else {
    expect(config.format == "float8_e5m2" ? DType::kF8E5M2 : DType::kF8E4M3);
    tensor.coding = Coding::kFp8;
    const TensorView* const old = find(module, "scale_weight");
    const TensorView& scale = old != nullptr ? *old : need(module, "weight_scale");
    tensor.scales = scales(module, scale, view, /*row_list=*/false);
  }
  const bool second = find(module, "weight_scale_2") != nullptr;
  const bool old = find(module, "scale_weight") != nullptr;
  const bool both = old && find(module, "weight_scale") != nullptr;
  if ((second && tensor.coding != Coding::kNvfp4) || (old && tensor.coding != Coding::kFp8) ||
      both) {
    fail(module, say("has more scales than {0} has", config.format));
  }
  return tensor;
}

// A weight without a configuration: fp8 or plain values, times a scale if there is one.
StoredTensor Assembler::weight(std::string_view module, const TensorView& view) const {
  StoredTensor tensor{Coding::kPlain, view, view.shape, {}, {}, 0};
  if (!has_own_values(view.dtype)) return tensor;
  const TensorView* const old = find(module, "scale_weight");
  const TensorView* const scale = find(module, "weight_scale");
  if (find(module, "weight_scale_2") != nullptr || (old != nullptr && scale != nullptr) ||
      (scale != nullptr && !is_byte_float(view.dtype))) {
    fail(module, say("has a scale, but no configuration that says what it means"));
  }
  if (old == nullptr && scale == nullptr) return tensor;
  tensor.coding = Coding::kFp8;
  tensor.scales = scales(module, old != nullptr ? *old : *scale, view, /*row_list=*/false);
  return tensor;
}

void Assembler::take(const std::string& name, const TensorView& view) {
  const auto [module, leaf] = split_name(name);
  if (leaf == kComfyQuantLeaf || is_one_of(leaf, kActivationLeaves)) return;
  // Says which attention to use; no effect on weights.
  if (name.ends_with(".comfy_attention.config")) return;
  if (leaf == kMarker) {
    if (is_float(view.dtype) || is_byte_float(view.dtype)) return;
    fail_model_file(file_,
                    say("the marker {0} is stored as {1}; the file is damaged, so download it "
                        "again",
                        in_quotes(name), dtype_name(view.dtype)));
  }
  if (is_one_of(leaf, kScaleLeaves)) {
    if (find(module, "weight") == nullptr) fail(module, say("has a scale, but no weight"));
    return;
  }
  if (leaf == "pre_quant_scale") {
    fail_model_file(file_, say("layer {0} scales its inputs (pre_quant_scale), which is not read "
                               "here; choose a file without it",
                               in_quotes(module)));
  }
  if (leaf == "weight") {
    const auto config = configs_.find(module);
    StoredTensor tensor =
        config == configs_.end() ? weight(module, view) : configured(module, view, config->second);
    const bool nameless =
        tensor.coding == Coding::kPlain &&
        (view.dtype == DType::kI8 || view.dtype == DType::kU8 || view.dtype == DType::kF8E8M0);
    if (nameless) {
      fail(module, say("is stored as {0} without a configuration that says what it means",
                       dtype_name(view.dtype)));
    }
    result_.emplace(name, std::move(tensor));
    return;
  }
  result_.emplace(name, StoredTensor{Coding::kPlain, view, view.shape, {}, {}, 0});
}

// A tensor that is not known, beside a quantised weight, may change what the weight means.
void Assembler::check_neighbours() const {
  for (const auto& [name, view] : tensors_) {
    const auto [module, leaf] = split_name(name);
    if (is_one_of(leaf, kKnownLeaves)) continue;
    const auto weight = result_.find(std::string(module) + ".weight");
    if (weight == result_.end()) continue;
    const StoredTensor& stored = weight->second;
    const bool plain = stored.coding == Coding::kPlain && !is_byte_float(stored.codes.dtype);
    if (plain && leaf.find("scale") == std::string_view::npos) continue;
    fail(module, say("has the tensor {0} beside its weight, which is not known", in_quotes(leaf)));
  }
}

}  // namespace

StoredTensors read_stored_tensors(const TensorViews& tensors,
                                  const std::map<std::string, std::string>& metadata,
                                  const std::filesystem::path& file) {
  std::vector<std::string_view> names;
  names.reserve(tensors.size());
  for (const auto& [name, view] : tensors) names.push_back(name);
  if (const Message packing = foreign_packing(names, metadata); !packing.empty()) {
    fail_model_file(file, foreign_packing_refusal(packing));
  }
  return Assembler(tensors, metadata, file).all();
}

int usual_rotation_group(std::int64_t width) {
  for (const int group : {256, 64, 16, 4}) {
    if (width % group == 0) return group;
  }
  return 0;
}

std::string format_name(const StoredTensor& tensor) {
  switch (tensor.coding) {
    case Coding::kInt8:
      return tensor.rotation_group == 0
                 ? "int8_tensorwise"
                 : "int8_tensorwise, rotated by " + std::to_string(tensor.rotation_group);
    case Coding::kFp8:
      return std::string(dtype_name(tensor.codes.dtype)) + ", scaled";
    case Coding::kNvfp4:
      return "nvfp4";
    case Coding::kMxfp8:
      return "mxfp8";
    case Coding::kPlain:
      break;
  }
  return std::string(dtype_name(tensor.codes.dtype));
}

}  // namespace headroom
