#include "headroom/weights/tiny_decoder_file.h"

#include "headroom/weights/file_kind.h"
#include "headroom/weights/model_file_error.h"

#include "named_tensor.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

namespace headroom {
namespace {

constexpr std::string_view kLayers = "decoder.layers.";
constexpr std::string_view kFirst = "decoder.layers.0.weight";
constexpr std::array kBlocks{2, 3, 4, 7, 8, 9, 12, 13, 14, 17};
constexpr std::int64_t kWidth = 64;
constexpr std::int64_t kSide = 3;  // of convolutions
constexpr std::int64_t kColours = 3;

// The name that diffusers gives the tensor; nothing for one of no decoder.
std::optional<std::string> diffusers_name(std::string_view name) {
  if (name.starts_with(kLayers)) return std::string(name);
  constexpr std::string_view kPart = "decoder.";
  if (name.starts_with(kPart)) name.remove_prefix(kPart.size());
  int place = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), place);
  // The plain Sequential begins with a layer that clamps, which has no weights.
  if (error != std::errc() || place < 1) return std::nullopt;
  name.remove_prefix(static_cast<std::size_t>(end - name.data()));
  return std::string(kLayers) + std::to_string(place - 1) + std::string(name);
}

Message what_it_is(const std::map<std::string, TensorView, std::less<>>& stored) {
  std::vector<std::string_view> names;
  names.reserve(stored.size());
  for (const auto& [name, view] : stored) names.push_back(name);
  const FileKind kind = tell_kind(names, {}, Container::kSafetensors);
  if (kind.what.empty() || kind.kind == WeightKind::kTinyDecoder) {
    return say("has no such decoder in it");
  }
  return say("is {0}", kind.what);
}

}  // namespace

TinyDecoderFile::TinyDecoderFile(const std::filesystem::path& file) : file_(file) {
  const bool is_torch = looks_like_torch_file(file);
  if (is_torch) {
    torch_.emplace(file);
  } else {
    safetensors_.emplace(file);
  }
  const auto& stored = is_torch ? torch_->tensors() : safetensors_->tensors();
  for (const auto& [name, view] : stored) {
    if (auto named = diffusers_name(name)) tensors_.emplace(*std::move(named), view);
  }
  const auto refuse = [&](const Message& fault) {
    fail_model_file(file_, say("{0}; previews are decoded by TAEF1, taef1_decoder.safetensors of "
                               "madebyollin/taef1, or without a file",
                               fault_of(say("the file"), fault)));
  };
  const auto first = tensors_.find(kFirst);
  if (first == tensors_.end() || first->second.shape.size() != 4) refuse(what_it_is(stored));
  if (const std::int64_t channels = first->second.shape[1]; channels != kLatentChannels) {
    refuse(say("is for latents of {0} channels, where FLUX.1's and Z-Image's have {1}", channels,
               kLatentChannels));
  }
  check_all();
}

void TinyDecoderFile::check_all() const {
  const auto check = [&](const std::string& layer, std::int64_t out, std::int64_t in, bool bias) {
    const std::string name = std::string(kLayers) + layer;
    static_cast<void>(at(name + ".weight", std::array{out, in, kSide, kSide}));
    if (bias) static_cast<void>(at(name + ".bias", std::array{out}));
  };
  check("0", kWidth, kLatentChannels, true);
  for (const int block : kBlocks) {
    for (const char* const convolution : {".conv.0", ".conv.2", ".conv.4"}) {
      check(std::to_string(block) + convolution, kWidth, kWidth, true);
    }
  }
  for (const char* const doubling : {"6", "11", "16"}) check(doubling, kWidth, kWidth, false);
  check("18", kColours, kWidth, true);
}

TensorView TinyDecoderFile::at(std::string_view name, std::span<const std::int64_t> shape) const {
  return named_tensor(tensors_, name, shape, file_);
}

}  // namespace headroom
