#pragma once
#include "headroom/core/upscaler_config.h"
#include "headroom/weights/tensor_file.h"
#include "headroom/weights/torch_file.h"

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace headroom {

// Whether a file's tensor names are those of an upscaling network.
[[nodiscard]] bool is_upscaler(const std::map<std::string, TensorView, std::less<>>& tensors);

// Real-ESRGAN publishes realesr-general-x4v3 together with realesr-general-wdn-x4v3, which removes
// less noise, to be mixed with it. Returns the companion beside `model`, .pth or .safetensors, if
// it is there.
[[nodiscard]] std::optional<std::filesystem::path> weaker_upscaler(
    const std::filesystem::path& model);

// The weights of an upscaling network in one file, .safetensors or .pth, told apart by content. Its
// names are mapped to those of Real-ESRGAN's own code, whichever of these the file has:
//   conv_first, body.N.rdbM.convK, conv_body, conv_up1, conv_hr, conv_last   (Real-ESRGAN)
//   conv_first, RRDB_trunk.N.RDBM.convK, trunk_conv, upconv1, HRconv, conv_last   (ESRGAN, BSRGAN)
//   model.0, model.1.sub.N.RDBM.convK.0, model.1.sub.NB, model.3, ...   (the first ESRGAN)
//   body.N   (SRVGGNetCompact)
// inside of "params_ema", "params", "state_dict" or nothing. Immutable; any number of threads.
class UpscalerFile {
 public:
  // Reads the file's tensor table. Throws Error{kModelFile} naming the file if it is damaged, of
  // another architecture, or made for pictures with other than three channels.
  explicit UpscalerFile(const std::filesystem::path& file);

  [[nodiscard]] const UpscalerConfig& config() const { return config_; }
  [[nodiscard]] const std::map<std::string, TensorView, std::less<>>& tensors() const {
    return tensors_;
  }
  // Throws Error{kModelFile} naming file and tensor unless it exists with this shape, in a format
  // that can be decoded, and without the faults of weight_faults.h.
  [[nodiscard]] TensorView at(std::string_view name, std::span<const std::int64_t> shape) const;
  [[nodiscard]] const std::filesystem::path& place() const { return file_; }
  // "RRDBNet of 23 blocks, 64 channels", "SRVGGNet of 34 layers, 64 channels"
  [[nodiscard]] std::string what() const;

 private:
  std::filesystem::path file_;
  std::optional<TensorFile> safetensors_;
  std::optional<TorchFile> torch_;
  std::map<std::string, TensorView, std::less<>> tensors_;  // by Real-ESRGAN's names
  UpscalerConfig config_;
};

}  // namespace headroom
