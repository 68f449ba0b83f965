#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/lora_tags.h"
#include "headroom/core/memory_snapshot.h"
#include "headroom/core/message.h"
#include "headroom/core/number_format.h"
#include "headroom/core/run_shape.h"
#include "headroom/engine/forecast_service.h"
#include "headroom/engine/generation_queue.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// What a person chooses to make pictures with. Texts have the form of the command line's
// options.
struct SessionChoice {
  std::string model{};          // folder, file or repository; empty = the starter model
  std::string device = "auto";  // auto | cpu | cuda | cuda:i
  NumberFormat dtype = NumberFormat::kAuto;
  friend bool operator==(const SessionChoice&, const SessionChoice&) = default;
};

// How long a prompt is for one model.
struct PromptLength {
  int tokens = 0;       // of the whole prompt, template included
  int read_tokens = 0;  // how many of them the model reads
  // How much of the text those are; the text's size if all of it is read.
  std::size_t read_bytes = 0;
};

// What a model's folder says about what it can draw, by language ("en", "zh"). All may be empty.
struct ModelExamples {
  std::map<std::string, std::string> can_draw;               // one line
  std::map<std::string, std::vector<std::string>> examples;  // prompts to try
  std::map<std::string, std::vector<std::string>> samples;   // prompts of sample_pictures
  std::vector<std::filesystem::path> sample_pictures;
};

// The file that a LoRA's tag stands for.
struct FoundLora {
  std::filesystem::path file;
  int keys = 0;            // keys in the file
  int matched_keys = 0;    // keys that change the model
  std::int64_t bytes = 0;  // on the device
};

// A LoRA file found in one of the folders.
struct LoraOffer {
  std::string name;  // its path in that folder without the extension: "styles/ink"
  std::filesystem::path file;
  std::int64_t file_bytes = 0;
  std::optional<FoundLora> fits{};  // what it changes in the model
  Message problem{};                // why it does not fit; neither set: not known yet
};
[[nodiscard]] inline bool is_same(const LoraOffer& one, const LoraOffer& other) {
  return one.file == other.file;
}

// The LoRAs that prompts may ask for. look() and add() throw Error for one that does not exist or
// does not fit the model.
struct LoraServices {
  std::function<FoundLora(const LoraTag&)> look{};
  // Makes a file available to prompts and returns the name to use in them.
  std::function<std::string(const std::filesystem::path&)> add{};
  // Calls `found` for each file that is found, and again when it is known whether it fits, for
  // which the file is opened. `found` may throw; the exception is passed on.
  std::function<void(const std::function<void(LoraOffer)>& found)> list{};
  std::vector<std::filesystem::path> folders{};  // where list() looks; they need not exist
};

// A model opened on a device, with everything its jobs and forecasts need: a Session replaces it
// as a whole. Holds no weights and no device memory; its generator does. The functions may be
// called from any thread during the object's lifetime.
struct ModelOnDevice {
  SessionChoice choice;
  ModelInfo model;
  std::string device_name;            // "CPU", "RTX 3060 Laptop"
  std::string device_id;              // "cpu", "cuda:0"
  std::string dtype;                  // the number format that the choice results in, "fp32"
  std::vector<NumberFormat> formats;  // those the device can run
  ModelExamples examples;
  GenerationQueue::Source source;             // of pictures
  ForecastService::Sources forecast_service;  // of forecasts
  std::function<MemorySnapshot()> read_memory;
  // May be empty: then no token count is shown.
  std::function<PromptLength(const std::string&)> measure_prompt;
  // The shape of a request's pictures, given the token counts of its prompts.
  std::function<RunShape(const GenerationRequest&, int prompt_tokens, int negative_tokens)> shape;
  LoraServices loras{};  // if empty, tags are checked only by the run
  Message warning{};     // what it works without, and why; else empty
};

}  // namespace headroom
