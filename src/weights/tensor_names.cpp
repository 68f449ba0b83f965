#include "headroom/weights/tensor_names.h"

#include <array>
#include <charconv>
#include <utility>

namespace headroom {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// Replaces the beginning of `text` by the partner of the first pair that it begins with.
template <std::size_t Count>
std::optional<std::string> with_start(std::string_view text, const std::array<Pair, Count>& pairs) {
  for (const auto& [from, to] : pairs) {
    if (text.starts_with(from)) return std::string(to) + std::string(text.substr(from.size()));
  }
  return std::nullopt;
}

std::optional<StoredName> fused_name(std::string_view name) {
  constexpr std::array<Pair, 2> kStarts{
      {{"all_x_embedder.2-1.", "x_embedder."}, {"all_final_layer.2-1.", "final_layer."}}};
  if (auto whole = with_start(name, kStarts)) return StoredName{*std::move(whole)};
  constexpr std::string_view kAttention = ".attention.";
  const std::size_t at = name.find(kAttention);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string before(name.substr(0, at + kAttention.size()));
  const std::string_view leaf = name.substr(before.size());
  constexpr std::array<std::string_view, 3> kFused{"to_q.weight", "to_k.weight", "to_v.weight"};
  for (std::size_t i = 0; i < kFused.size(); ++i) {
    if (leaf == kFused[i]) return StoredName{before + "qkv.weight", static_cast<int>(i), 3};
  }
  constexpr std::array<Pair, 3> kLeaves{
      {{"to_out.0.", "out."}, {"norm_q.", "q_norm."}, {"norm_k.", "k_norm."}}};
  if (auto other = with_start(leaf, kLeaves)) return StoredName{before + *other};
  return std::nullopt;
}

// Names of text encoders: transformers' and llama.cpp's.
constexpr std::array<Pair, 2> kLlamaTop{
    {{"embed_tokens.", "token_embd."}, {"norm.", "output_norm."}}};
constexpr std::array<Pair, 11> kLlamaLeaves{{{"input_layernorm.", "attn_norm."},
                                             {"post_attention_layernorm.", "ffn_norm."},
                                             {"self_attn.q_proj.", "attn_q."},
                                             {"self_attn.k_proj.", "attn_k."},
                                             {"self_attn.v_proj.", "attn_v."},
                                             {"self_attn.o_proj.", "attn_output."},
                                             {"self_attn.q_norm.", "attn_q_norm."},
                                             {"self_attn.k_norm.", "attn_k_norm."},
                                             {"mlp.gate_proj.", "ffn_gate."},
                                             {"mlp.up_proj.", "ffn_up."},
                                             {"mlp.down_proj.", "ffn_down."}}};

template <std::size_t Count>
std::array<Pair, Count> turned(std::array<Pair, Count> pairs) {
  for (Pair& pair : pairs) std::swap(pair.first, pair.second);
  return pairs;
}

// Replaces the part before a layer's number and the part after the dot that follows it.
template <std::size_t Count>
std::optional<std::string> layer_name(std::string_view name, std::string_view layers,
                                      std::string_view other_layers,
                                      const std::array<Pair, Count>& leaves) {
  if (!name.starts_with(layers)) return std::nullopt;
  const std::string_view rest = name.substr(layers.size());
  const std::size_t dot = rest.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto leaf = with_start(rest.substr(dot + 1), leaves);
  if (!leaf) return std::nullopt;
  return std::string(other_layers) + std::string(rest.substr(0, dot + 1)) + *leaf;
}

std::optional<StoredName> llama_name(std::string_view name) {
  if (auto top = with_start(name, kLlamaTop)) return StoredName{*std::move(top)};
  auto layer = layer_name(name, "layers.", "blk.", kLlamaLeaves);
  return layer ? std::optional(StoredName{*std::move(layer)}) : std::nullopt;
}

// "3.resnets.0.norm1.weight" -> 3 and "resnets.0.norm1.weight".
std::optional<std::pair<int, std::string_view>> indexed(std::string_view text) {
  int index = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), index);
  const auto length = static_cast<std::size_t>(read.ptr - text.data());
  if (length == 0 || length >= text.size() || text[length] != '.') return std::nullopt;
  return std::pair(index, text.substr(length + 1));
}

// Names such as "conv1.weight" stay; only the shortcut has another name.
std::string resnet_leaf(std::string_view leaf) {
  constexpr std::array<Pair, 1> kShortcut{{{"conv_shortcut.", "nin_shortcut."}}};
  return with_start(leaf, kShortcut).value_or(std::string(leaf));
}

// A name inside a level: "resnets.1.conv1.weight" -> "block.1.conv1.weight".
std::optional<std::string> level_name(std::string_view rest) {
  constexpr std::string_view kResnets = "resnets.";
  if (rest.starts_with(kResnets)) {
    const auto resnet = indexed(rest.substr(kResnets.size()));
    if (!resnet) return std::nullopt;
    return "block." + std::to_string(resnet->first) + "." + resnet_leaf(resnet->second);
  }
  constexpr std::array<Pair, 2> kSamplers{
      {{"upsamplers.0.conv.", "upsample.conv."}, {"downsamplers.0.conv.", "downsample.conv."}}};
  return with_start(rest, kSamplers);
}

std::optional<std::string> middle_name(std::string_view rest) {
  constexpr std::string_view kResnets = "resnets.";
  if (rest.starts_with(kResnets)) {
    const auto resnet = indexed(rest.substr(kResnets.size()));
    if (!resnet) return std::nullopt;
    return "block_" + std::to_string(resnet->first + 1) + "." + resnet_leaf(resnet->second);
  }
  constexpr std::array<Pair, 5> kAttention{{{"attentions.0.group_norm.", "attn_1.norm."},
                                            {"attentions.0.to_q.", "attn_1.q."},
                                            {"attentions.0.to_k.", "attn_1.k."},
                                            {"attentions.0.to_v.", "attn_1.v."},
                                            {"attentions.0.to_out.0.", "attn_1.proj_out."}}};
  return with_start(rest, kAttention);
}

std::optional<StoredName> latent_diffusion_name(std::string_view name, int levels) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string half(name.substr(0, dot + 1));  // "encoder." or "decoder."
  const std::string_view rest = name.substr(dot + 1);
  constexpr std::array<Pair, 1> kNorm{{{"conv_norm_out.", "norm_out."}}};
  if (const auto norm = with_start(rest, kNorm)) return StoredName{half + *norm};
  constexpr std::string_view kMiddle = "mid_block.";
  if (rest.starts_with(kMiddle)) {
    const auto middle = middle_name(rest.substr(kMiddle.size()));
    return middle ? std::optional(StoredName{half + "mid." + *middle}) : std::nullopt;
  }
  for (const auto& [from, to] : {Pair{"down_blocks.", "down."}, Pair{"up_blocks.", "up."}}) {
    if (!rest.starts_with(from)) continue;
    const auto level = indexed(rest.substr(from.size()));
    if (!level) return std::nullopt;
    const auto inside = level_name(level->second);
    if (!inside) return std::nullopt;
    // These names count the decoder's levels from the picture's side.
    const int number = to == "up." ? levels - 1 - level->first : level->first;
    return StoredName{half + std::string(to) + std::to_string(number) + "." + *inside};
  }
  return std::nullopt;
}

}  // namespace

std::optional<StoredName> single_file_name(Network network, std::string_view name, int vae_levels) {
  switch (network) {
    case Network::kTransformer:
      return fused_name(name);
    case Network::kTextEncoder:
      return llama_name(name);
    case Network::kVae:
      break;
  }
  return latent_diffusion_name(name, vae_levels);
}

std::optional<std::string> name_of_llama(std::string_view name) {
  if (auto top = with_start(name, turned(kLlamaTop))) return top;
  return layer_name(name, "blk.", "layers.", turned(kLlamaLeaves));
}

std::string_view landmark(Network network) {
  switch (network) {
    case Network::kTransformer:
      return "cap_embedder.1.weight";
    case Network::kTextEncoder:
      return "layers.0.self_attn.q_norm.weight";
    case Network::kVae:
      break;
  }
  return "decoder.conv_in.weight";
}

}  // namespace headroom
