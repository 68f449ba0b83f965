#pragma once
#include "headroom/core/generation.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom {

// What a picture's text says about how it was made. Of other programs' texts what can be read is
// read; the rest is in `unknown`.
struct ReadSettings {
  GenerationRequest request;  // what was not found has its default; seed is the picture's own
  std::string source;  // "headroom", "parameters" (the A1111 text), "swarmui", "fooocus", ...
  std::vector<std::pair<std::string, std::string>> unknown;  // keys and values with no field here
  std::vector<std::string> found;  // fields of `request` that the text had, by their JSON names
  std::string text;                // as it was read; empty for "headroom"
  bool is_of_all_texts = false;    // each of the picture's texts is one setting, or unknown
  // What the picture started from, as far as its own entry tells of it: names and hashes.
  struct Start {
    InitImage::File picture{};
    double strength = kDefaultStrength;
    std::optional<InitImage::File> mask{};
  };
  std::optional<Start> start{};
  // What its own entry tells besides. Variation, variety and seed mode are also in `unknown`, as
  // the start is: not everybody who takes `request` over has a place for them.
  std::optional<Variation> variation{};  // of this picture
  std::optional<Variety> variety{};
  SeedMode seed_mode = SeedMode::kPlain;
  std::optional<Origin> origin{};  // the picture that it is the finished version of
  std::string model{};             // by its folder's name

  // Whether the text tells of this field of `request`, by its JSON name.
  [[nodiscard]] bool says(std::string_view field) const {
    return source == "headroom" || std::find(found.begin(), found.end(), field) != found.end();
  }
};

}  // namespace headroom
