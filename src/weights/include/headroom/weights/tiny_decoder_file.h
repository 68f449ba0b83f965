#pragma once
#include "headroom/weights/tensor_file.h"
#include "headroom/weights/torch_file.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace headroom {

// The decoder of TAEF1 (a tiny autoencoder for FLUX.1's latents, by madebyollin) in one file,
// .safetensors or .pth, told apart by content. Its names are mapped to diffusers', whichever of
// these the file has; an encoder in it is left out:
//   decoder.layers.N...   (diffusers' AutoencoderTiny)
//   N+1...                (the decoder alone, a plain Sequential)
//   decoder.N+1...        (the same beside an encoder)
// Immutable; any number of threads.
class TinyDecoderFile {
 public:
  static constexpr std::int64_t kLatentChannels = 16;
  static constexpr int kScale = 8;  // px of a picture's side for each latent

  // Reads the file's tensor table and checks every tensor of the decoder as at() does. Throws
  // Error{kModelFile} naming the file if it is damaged or something else, such as the tiny
  // autoencoder of other latents.
  explicit TinyDecoderFile(const std::filesystem::path& file);

  [[nodiscard]] const std::map<std::string, TensorView, std::less<>>& tensors() const {
    return tensors_;
  }
  // Throws Error{kModelFile} naming file and tensor unless it exists with this shape, in a format
  // that can be decoded, and with finite values.
  [[nodiscard]] TensorView at(std::string_view name, std::span<const std::int64_t> shape) const;

 private:
  void check_all() const;

  std::filesystem::path file_;
  std::optional<TensorFile> safetensors_;
  std::optional<TorchFile> torch_;
  std::map<std::string, TensorView, std::less<>> tensors_;  // by diffusers' names
};

}  // namespace headroom
