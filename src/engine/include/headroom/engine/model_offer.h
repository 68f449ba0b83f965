#pragma once
#include "headroom/core/message.h"
#include "headroom/engine/model_on_device.h"
#include "headroom/engine/search.h"
#include "headroom/memory/forecaster.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace headroom {

// A model that was found on this machine, or one that can be downloaded.
struct ModelOffer {
  std::string model;  // in the form of SessionChoice::model
  std::string name;   // for people
  std::string place;  // its folder or file, for people
  // Of the transformer: number format, "BF16", and how many matrices have it.
  std::map<std::string, int> formats;
  std::int64_t file_bytes = 0;  // of all its parts that are present
  bool is_starter = false;
  bool is_here = true;
  // Parts that are missing: "transformer", "text_encoder", "vae", "tokenizer". Empty for a
  // complete model, for one of which nothing is present, and for one with another fault.
  std::vector<std::string> missing;
  std::string get;  // shell command that downloads what is missing; may be empty
  Message problem;  // why it cannot be opened, with the way out; empty: it can
  // What each of kSizePresets would need with the model's recommended settings; also for a model
  // that is not present, if its configs come with the program. Empty where that is not known.
  std::vector<Forecast> presets;
  bool is_judged = false;  // everything is filled in; else `presets` and `problem` may follow later
};

[[nodiscard]] inline bool is_same(const ModelOffer& one, const ModelOffer& other) {
  return one.model == other.model && one.place == other.place && one.is_here == other.is_here;
}

// The formats of its matrices, the most frequent first: "BF16", "Q4_K + Q6_K".
[[nodiscard]] std::string formats_of(const ModelOffer& offer);

// Searches for models and judges them for the chosen device and number format.
using ModelSearch = Search<SessionChoice, ModelOffer>;

}  // namespace headroom
