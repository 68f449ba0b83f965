#pragma once
#include "headroom/core/message.h"
#include "headroom/weights/tensor_file.h"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace headroom {

enum class WeightKind {
  kUnknown,      // tensors, but of nothing that is known
  kTransformer,  // of Z-Image
  kTextEncoder,  // Qwen3
  kDecoder,      // the VAE
  kAllInOne,     // all three, or two of them
  kTinyDecoder,  // TAEF1
  kAdapter,      // LoRA, LoKr, LoHa
  kControlNet,   // of Z-Image
  kForeign       // of another model, or packed in a way that cannot be read
};

struct FileKind {
  WeightKind kind = WeightKind::kUnknown;
  Message what;        // "a Z-Image transformer, fused names"; starts with an article
  std::string prefix;  // of the transformer's names: "" or "model.diffusion_model."
  Message refusal;     // kForeign: a sentence's end that names what it is, with the way out
};

// What a file's tensors are, by their names and the metadata; never by the file's name.
[[nodiscard]] FileKind tell_kind(std::span<const std::string_view> names,
                                 const std::map<std::string, std::string>& metadata,
                                 Container container);
[[nodiscard]] FileKind tell_kind(const TensorFile& file);

// True for a file that begins as safetensors or GGUF, or ends in the name of one. Opening it says
// what is wrong with it otherwise.
[[nodiscard]] bool is_weight_file(const std::filesystem::path& file);

// The first 256 bytes, as far as there are any and they can be read.
[[nodiscard]] std::string file_start(const std::filesystem::path& file);

}  // namespace headroom
