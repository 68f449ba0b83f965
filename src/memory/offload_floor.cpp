#include "headroom/memory/offload_floor.h"

#include "headroom/core/error.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace headroom {
namespace {

constexpr std::string_view kLayers = "layers.";
constexpr std::string_view kEncoderLayers = "text_encoder.layers.";

// `*` stands for any text, including none.
bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() == '*') {
    return matches(pattern.substr(1), name) || (!name.empty() && matches(pattern, name.substr(1)));
  }
  return !name.empty() && pattern.front() == name.front() &&
         matches(pattern.substr(1), name.substr(1));
}

struct Range {
  int first = 0;
  int last = 0;
};

// "3-7", both ends within 0 .. count - 1.
std::optional<Range> parse_range(std::string_view text, int count) {
  Range range;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, range.first);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  const auto last = std::from_chars(first.ptr + 1, end, range.last);
  if (last.ec != std::errc() || last.ptr != end) return std::nullopt;
  if (range.first < 0 || range.first > range.last || range.last >= count) return std::nullopt;
  return range;
}

// The third of the main layers that a U-Net's down, mid or up blocks stand for, in this order.
std::optional<Range> third_of(std::string_view name, int layers) {
  constexpr std::string_view kThirds[] = {"down_blocks", "mid_block", "up_blocks"};
  for (int i = 0; i < 3; ++i) {
    if (name == kThirds[i]) return Range{layers * i / 3, layers * (i + 1) / 3 - 1};
  }
  return std::nullopt;
}

Message first_to_last(std::string_view prefix, int count) {
  return say("{0} to {1}", std::string(prefix) + "0",
             std::string(prefix) + std::to_string(count - 1));
}

// Collects what is named.
class Named {
 public:
  Named(int layers, int encoder_layers)
      : streamed_(static_cast<std::size_t>(layers)), encoder_layers_(encoder_layers) {}

  void stream(const Range& range) {
    std::fill(streamed_.begin() + range.first, streamed_.begin() + range.last + 1, true);
  }

  // False when `name` is no part of the model.
  bool add(std::string_view name) {
    bool known = false;
    const int layers = static_cast<int>(streamed_.size());
    if (name.starts_with(kLayers)) {
      if (const auto range = parse_range(name.substr(kLayers.size()), layers)) {
        stream(*range);
        known = true;
      }
    }
    for (int i = 0; i < layers; ++i) {
      if (!matches(name, std::string(kLayers) + std::to_string(i))) continue;
      stream({i, i});
      known = true;
    }
    for (int i = 0; i < encoder_layers_; ++i) {
      if (!matches(name, std::string(kEncoderLayers) + std::to_string(i))) continue;
      floor_.stream_encoder = known = true;
    }
    for (const NetworkEntry& network : kNetworks) {
      if (!matches(name, network.part)) continue;
      floor_.only_when_used.add(network.network);
      known = true;
    }
    return known;
  }

  [[nodiscard]] PlanFloor floor() const {
    PlanFloor floor = floor_;
    floor.stream_blocks = static_cast<int>(std::count(streamed_.begin(), streamed_.end(), true));
    return floor;
  }

 private:
  std::vector<bool> streamed_;  // main layers
  int encoder_layers_;
  PlanFloor floor_;
};

}  // namespace

OffloadFloor offload_floor(const std::vector<std::string>& names, int layers, int encoder_layers,
                           const std::string& where) {
  Named named(layers, encoder_layers);
  OffloadFloor result;
  for (const std::string& name : names) {
    if (const std::optional<Range> third = third_of(name, layers)) {
      named.stream(*third);
      result.notes.push_back(where + ": " + name + " is a part of other models; a third of the " +
                             std::to_string(layers) + " main layers is streamed for it");
    } else if (!named.add(name)) {
      throw Error(ErrorKind::kConfig,
                  say("{0}: \"{1}\" is no part of this model; use text_encoder, transformer, vae, "
                      "{2}, a range of them like layers.0-1, {3}, or a pattern like layers.*",
                      where, name, first_to_last(kLayers, layers),
                      first_to_last(kEncoderLayers, encoder_layers)));
    }
  }
  result.floor = named.floor();
  return result;
}

}  // namespace headroom
