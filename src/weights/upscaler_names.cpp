#include "upscaler_names.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace headroom {
namespace {

// Tensors that show that a network is in the file, and prefixes of their names, the preferred
// first.
constexpr std::array<std::string_view, 3> kLandmarks{"conv_first.weight", "model.0.weight",
                                                     "body.0.weight"};
constexpr std::array<std::string_view, 2> kPreferred{"params_ema.", "params."};

// The prefix of the landmark; nothing where the file has none.
std::optional<std::string> network_prefix(const UpscalerTensors& stored) {
  std::optional<std::string> found;
  for (const auto& [name, view] : stored) {
    for (const std::string_view landmark : kLandmarks) {
      if (!name.ends_with(landmark)) continue;
      const std::string prefix = name.substr(0, name.size() - landmark.size());
      if (!prefix.empty() && !prefix.ends_with('.')) continue;
      if (std::ranges::find(kPreferred, prefix) == kPreferred.end()) {
        if (!found) found = prefix;
      } else if (!found || *found != kPreferred.front()) {
        found = prefix;
      }
    }
  }
  return found;
}

// The number at the beginning of `text`, and what follows it.
struct Numbered {
  int number = 0;
  std::string_view rest;
};
std::optional<Numbered> numbered(std::string_view text) {
  Numbered result;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result.number);
  if (error != std::errc() || result.number < 0) return std::nullopt;
  result.rest = text.substr(static_cast<std::size_t>(end - text.data()));
  return result;
}

bool take(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

// "N.RDBM.convK.weight", also with ".0" after convK -> "body.N.rdbM.convK.weight"
std::optional<std::string> dense_name(std::string_view rest) {
  const auto block = numbered(rest);
  if (!block) return std::nullopt;
  rest = block->rest;
  if (!take(rest, ".RDB")) return std::nullopt;
  const auto dense = numbered(rest);
  if (!dense) return std::nullopt;
  rest = dense->rest;
  if (!take(rest, ".conv")) return std::nullopt;
  const auto layer = numbered(rest);
  if (!layer) return std::nullopt;
  rest = layer->rest;
  take(rest, ".0");
  if (rest != ".weight" && rest != ".bias") return std::nullopt;
  return "body." + std::to_string(block->number) + ".rdb" + std::to_string(dense->number) +
         ".conv" + std::to_string(layer->number) + std::string(rest);
}

// Converts names of ESRGAN's and BSRGAN's code.
std::string newer_name(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kRenamed{
      {{"trunk_conv.", "conv_body."}, {"HRconv.", "conv_hr."}, {"upconv", "conv_up"}}};
  std::string_view rest = name;
  if (take(rest, "RRDB_trunk.")) return dense_name(rest).value_or(std::string(name));
  for (const auto& [old, now] : kRenamed) {
    rest = name;
    if (take(rest, old)) return std::string(now) + std::string(rest);
  }
  return std::string(name);
}

// Converts "model.K." of the layers after the trunk: K is 3 for each doubling, then the last
// doubling's + 2 and + 4.
std::string tail_name(int place, int last, std::string_view rest) {
  if (place == last) return "conv_last" + std::string(rest);
  if (place == last - 2) return "conv_hr" + std::string(rest);
  return "conv_up" + std::to_string(place / 3) + std::string(rest);
}

// Converts names of the first ESRGAN, whose layers are numbered.
UpscalerTensors from_first_names(const UpscalerTensors& stored) {
  int last = 0;
  for (const auto& [name, view] : stored) {
    std::string_view rest = name;
    if (!take(rest, "model.")) continue;
    if (const auto place = numbered(rest)) last = std::max(last, place->number);
  }
  UpscalerTensors named;
  for (const auto& [name, view] : stored) {
    std::string_view rest = name;
    if (!take(rest, "model.")) continue;
    const auto place = numbered(rest);
    if (!place) continue;
    rest = place->rest;
    if (place->number == 0) {
      named.emplace("conv_first" + std::string(rest), view);
    } else if (take(rest, ".sub.")) {
      const auto trunk = numbered(rest);
      if (const auto dense = dense_name(rest)) {
        named.emplace(*dense, view);
      } else if (trunk && (trunk->rest == ".weight" || trunk->rest == ".bias")) {
        named.emplace("conv_body" + std::string(trunk->rest), view);
      } else {
        named.emplace(name, view);
      }
    } else {
      named.emplace(tail_name(place->number, last, rest), view);
    }
  }
  return named;
}

}  // namespace

UpscalerTensors named_as_real_esrgan(const UpscalerTensors& stored) {
  const auto prefix = network_prefix(stored);
  if (!prefix) return {};
  UpscalerTensors own;
  for (const auto& [name, view] : stored) {
    if (name.starts_with(*prefix)) own.emplace(name.substr(prefix->size()), view);
  }
  if (own.contains("model.0.weight")) return from_first_names(own);
  UpscalerTensors named;
  for (const auto& [name, view] : own) named.emplace(newer_name(name), view);
  return named;
}

}  // namespace headroom
