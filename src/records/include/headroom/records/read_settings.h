#pragma once
#include "headroom/core/generation.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom {

// The settings that were read from a picture's text. What another program's text has and a request
// cannot hold is in `unknown`.
struct ReadSettings {
  GenerationRequest request;  // defaults where nothing was found; seed is this picture's own
  std::string source;  // "headroom", "parameters" (the A1111 text), "swarmui", "fooocus", ...
  // Keys and values that no field can hold.
  std::vector<std::pair<std::string, std::string>> unknown;
  std::vector<std::string> found;  // fields of `request` that the text had, by their JSON names
  std::string text;                // the text as it was read; empty for "headroom"
  bool is_of_all_texts = false;    // every text of the picture is one setting or unknown
  // What the picture started from, if its own entry says so: names and hashes.
  struct Start {
    InitImage::File picture{};
    double strength = kDefaultStrength;
    std::optional<InitImage::File> mask{};
  };
  std::optional<Start> start{};
  // What else this program's own entry says. Variation, variety and seed mode are also in
  // `unknown`, and so is the start: not everyone who uses `request` has a place for them.
  std::optional<Variation> variation{};  // with this picture's own seed
  std::optional<Variety> variety{};
  SeedMode seed_mode = SeedMode::kPlain;
  std::optional<Origin> origin{};  // the picture that this one is the finished version of
  std::string model{};             // the name of its folder

  // Whether the text had this field of `request`, named as in JSON.
  [[nodiscard]] bool says(std::string_view field) const {
    return source == "headroom" || std::find(found.begin(), found.end(), field) != found.end();
  }
};

}  // namespace headroom
