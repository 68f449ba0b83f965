#pragma once
#include "headroom/core/message.h"
#include "headroom/engine/model_on_device.h"
#include "headroom/engine/search.h"
#include "headroom/memory/forecast.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace headroom {

// A model that was found on this machine, or one that could be brought here.
struct ModelOffer {
  std::string model;                   // as SessionChoice takes it
  std::string name;                    // for people
  std::string place;                   // its folder or file, for people
  std::map<std::string, int> formats;  // of the transformer: "BF16", and of how many matrices
  std::int64_t file_bytes = 0;         // of all its parts that are here
  bool is_starter = false;
  bool is_here = true;
  // Parts that are not here: "transformer", "text_encoder", "vae", "tokenizer". Empty for a whole
  // model, for one that is not here at all, and for one that is faulty in another way.
  std::vector<std::string> missing;
  std::string get;  // the command that gets what is not here, as a shell takes it; may be empty
  Message problem;  // why it cannot be opened, with the way out; empty: it can
  // What each of kSizePresets would need and take with the settings that the model recommends, also
  // of one that is not here, where its configs come with the program. Empty where that is not
  // known.
  std::vector<Forecast> presets;
  bool is_judged = false;  // all of it is told; else `presets` and `problem` may be yet to come
};

[[nodiscard]] inline bool is_same(const ModelOffer& one, const ModelOffer& other) {
  return one.model == other.model && one.place == other.place && one.is_here == other.is_here;
}

// In what its matrices are stored, the most first: "BF16", "Q4_K + Q6_K".
[[nodiscard]] std::string formats_of(const ModelOffer& offer);

// Looks for models, for the device and number format of what is chosen.
using ModelSearch = Search<SessionChoice, ModelOffer>;

}  // namespace headroom
