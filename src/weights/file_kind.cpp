#include "headroom/weights/file_kind.h"

#include "headroom/core/quote.h"

#include "foreign_packing.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

// The order of these tests matters: other models share most of Z-Image's names, and a LoRA has
// all of them with a suffix.

namespace headroom {
namespace {

// Prefixes of the transformer's names in single files.
constexpr std::array<std::string_view, 5> kPrefixes{"", "model.diffusion_model.",
                                                    "diffusion_model.", "transformer.", "model."};
// Prefixes of the other parts in an all-in-one file.
constexpr std::array<std::string_view, 5> kOtherParts{
    "text_encoders.", "qwen3_4b.transformer.", "text_encoder.", "vae.", "first_stage_model."};

struct Marked {
  std::string_view part;  // part of a tensor's name
  std::string_view what;
};
constexpr std::array<Marked, 11> kLoras{{{".lora_A.", "a LoRA"},
                                         {".lora_B.", "a LoRA"},
                                         {".lora_down.", "a LoRA"},
                                         {".lora_up.", "a LoRA"},
                                         {".lora.down.", "a LoRA"},
                                         {".lora.up.", "a LoRA"},
                                         {".lora_a", "a LoRA"},
                                         {".lora_b", "a LoRA"},
                                         {".lokr_w", "a LoKr (a kind of LoRA)"},
                                         {".hada_w", "a LoHa (a kind of LoRA)"},
                                         {".oft_", "an OFT adapter (a kind of LoRA)"}}};
constexpr std::array<Marked, 7> kOtherModels{
    {{"conditioner.embedders.", "an SDXL checkpoint"},
     {"label_emb.", "an SDXL checkpoint"},
     {"cond_stage_model.", "a Stable Diffusion 1 or 2 checkpoint"},
     {"double_blocks.", "a FLUX transformer"},
     {"single_transformer_blocks.", "a FLUX transformer"},
     {"joint_blocks.", "a Stable Diffusion 3 transformer"},
     {"input_blocks.", "a Stable Diffusion checkpoint"}}};

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A name such as "3.conv.0.weight": layers in a plain list.
bool is_bare_convolution(std::string_view name) {
  const std::size_t dot = name.find(".conv.");
  if (dot == std::string_view::npos || !is_number(name.substr(0, dot))) return false;
  const std::string_view rest = name.substr(dot + 6);
  return is_number(rest.substr(0, rest.find('.')));
}

class Names {
 public:
  explicit Names(std::span<const std::string_view> names) : names_(names) {}

  template <typename Condition>
  [[nodiscard]] bool any(Condition condition) const {
    return std::any_of(names_.begin(), names_.end(), condition);
  }
  [[nodiscard]] bool has(std::string_view name) const {
    return any([&](std::string_view n) { return n == name; });
  }
  [[nodiscard]] bool starts(std::string_view start) const {
    return any([&](std::string_view n) { return n.starts_with(start); });
  }
  [[nodiscard]] bool contains(std::string_view part) const {
    return any([&](std::string_view n) { return n.find(part) != std::string_view::npos; });
  }
  // Whether a name has `part` at its beginning or after a dot.
  [[nodiscard]] bool component(std::string_view part) const {
    return any([&](std::string_view n) {
      const std::size_t at = n.find(part);
      return at != std::string_view::npos && (at == 0 || n[at - 1] == '.');
    });
  }

 private:
  std::span<const std::string_view> names_;
};

Message of_architecture(const Message& what, const std::string& architecture) {
  if (architecture.empty()) return what;
  return say("{0} of the architecture {1}", what, in_quotes(architecture));
}

// `why` is a part of the refusal; tell_kind() adds the rest.
FileKind foreign(const Message& what,
                 const Message& why = say(", which is another model than Z-Image")) {
  return {WeightKind::kForeign, what, {}, why};
}

FileKind z_image_like(const Names& names, const std::string& prefix) {
  const auto starts = [&](std::string_view start) {
    return names.starts(prefix + std::string(start));
  };
  if (starts("dec_net."))
    return foreign(say("a pixel-space variant of Z-Image, which has no VAE"), {});
  if (starts("siglip_"))
    return foreign(say("the Omni variant of Z-Image"), say(", which is not run here"));
  if (!names.has(prefix + "cap_pad_token") || !names.has(prefix + "x_pad_token")) {
    return foreign(starts("layers.0.adaLN_modulation.0.")
                       ? say("a Ming-Image transformer")
                       : say("a transformer of Lumina-Image 2 (Z-Image's has pad tokens)"));
  }
  const bool others = std::any_of(kOtherParts.begin(), kOtherParts.end(),
                                  [&](std::string_view part) { return names.starts(part); });
  if (others) {
    return {WeightKind::kAllInOne, say("an all-in-one checkpoint of Z-Image"), prefix, {}};
  }
  const Message what = starts("layers.0.attention.qkv.") ? say("a Z-Image transformer, fused names")
                       : starts("layers.0.attention.to_q.")
                           ? say("a Z-Image transformer, diffusers' names")
                           : say("a Z-Image transformer");
  return {WeightKind::kTransformer, what, prefix, {}};
}

// A file with llama.cpp's names; its architecture says how it would have to be computed.
FileKind gguf_text_model(const std::string& architecture) {
  if (architecture == "qwen3")
    return {WeightKind::kTextEncoder, say("a Qwen3 text encoder"), {}, {}};
  return foreign(of_architecture(say("a text model"), architecture),
                 say(", where Z-Image's text encoder is {0}", "qwen3"));
}

FileKind tell(const Names& names, const std::string& architecture) {
  for (const Marked& lora : kLoras) {
    if (names.contains(lora.part)) {
      return {WeightKind::kLora, say(std::string(lora.what)), {}, {}};
    }
  }
  if (names.component("control_layers.") || names.component("control_all_x_embedder.")) {
    return {WeightKind::kControlNet, say("a ControlNet of Z-Image"), {}, {}};
  }
  for (const Marked& model : kOtherModels) {
    if (names.component(model.part)) {
      return foreign(of_architecture(say(std::string(model.what)), architecture));
    }
  }
  for (const std::string_view prefix : kPrefixes) {
    if (names.has(std::string(prefix) + "cap_embedder.1.weight")) {
      return z_image_like(names, std::string(prefix));
    }
  }
  if (names.has("token_embd.weight") || names.starts("blk.")) return gguf_text_model(architecture);
  if (names.component("layers.0.self_attn.q_norm.weight")) {
    return {WeightKind::kTextEncoder, say("a Qwen3 text encoder"), {}, {}};
  }
  if (names.component("layers.0.self_attn.q_proj.weight")) {
    return foreign(say("a text model without the norms of Qwen3"),
                   say(", where Z-Image's text encoder is {0}", "Qwen3"));
  }
  if (names.component("decoder.conv_in.weight") &&
      (names.component("decoder.mid.block_1") || names.component("decoder.mid_block") ||
       names.component("encoder.conv_in.weight"))) {
    return {WeightKind::kDecoder, say("a VAE (autoencoder)"), {}, {}};
  }
  if (names.starts("decoder.layers.") || names.starts("encoder.layers.") ||
      names.any(is_bare_convolution)) {
    return {WeightKind::kTinyDecoder, say("a TAEF1 decoder (tiny autoencoder)"), {}, {}};
  }
  return {};
}

}  // namespace

FileKind tell_kind(std::span<const std::string_view> names,
                   const std::map<std::string, std::string>& metadata, Container container) {
  if (const Message packing = foreign_packing(names, metadata); !packing.empty()) {
    return {WeightKind::kForeign,
            say("a file whose weights are packed by {0}", packing),
            {},
            foreign_packing_refusal(packing)};
  }
  const bool gguf = container == Container::kGguf;
  const auto found = metadata.find("general.architecture");
  const std::string architecture = gguf && found != metadata.end() ? found->second : std::string();
  FileKind kind = tell(Names(names), architecture);
  // Names decide; if they tell nothing, an architecture that is not in this list means another
  // model.
  constexpr std::array<std::string_view, 5> kOurs{"", "qwen3", "lumina2", "pig", "cow"};
  const bool ours = std::find(kOurs.begin(), kOurs.end(), architecture) != kOurs.end();
  if (kind.kind == WeightKind::kUnknown && !ours) {
    kind = foreign(of_architecture(say("a model"), architecture));
  }
  if (gguf && !kind.what.empty()) kind.what = say("{0} (GGUF)", kind.what);
  if (kind.kind == WeightKind::kForeign) {
    kind.refusal = say("is {0}{1}; choose Z-Image or Z-Image-Turbo", kind.what, kind.refusal);
  }
  return kind;
}

FileKind tell_kind(const TensorFile& file) {
  std::vector<std::string_view> names;
  names.reserve(file.tensors().size());
  for (const auto& [name, view] : file.tensors()) names.push_back(name);
  return tell_kind(names, file.metadata(), file.container());
}

bool is_weight_file(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  if (ending == ".safetensors" || ending == ".sft" || ending == ".gguf") return true;
  const std::string start = file_start(file);
  const bool gguf = start.starts_with("GGUF");
  // The header's length is below 2^48, and a brace begins the header.
  return gguf || (start.size() > 8 && start[8] == '{' && start[7] == 0 && start[6] == 0);
}

std::string file_start(const std::filesystem::path& file) {
  constexpr std::size_t kStart = 256;
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return {};  // opening a pipe would block
  std::string start(kStart, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(in.gcount()));
  return start;
}

}  // namespace headroom
