#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/lora_tags.h"
#include "headroom/core/memory_snapshot.h"
#include "headroom/core/message.h"
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

// What a person chooses to make pictures with. Each as the command line takes it.
struct SessionChoice {
  std::string model{};          // folder, file or repository; empty = the starter model
  std::string device = "auto";  // auto | cpu | cuda | cuda:i
  std::string dtype = "auto";   // number format: auto | fp32 | bf16 | fp16 | int8
  friend bool operator==(const SessionChoice&, const SessionChoice&) = default;
};

// How long a prompt is for a model.
struct PromptLength {
  int tokens = 0;              // of all of it, template included
  int read_tokens = 0;         // that the model reads
  std::size_t read_bytes = 0;  // what the model reads of its text; all of it: the text's size
};

// What a model says of what it can draw, by language ("en", "zh"). All may be empty.
struct ModelExamples {
  std::map<std::string, std::string> can_draw;               // one line
  std::map<std::string, std::vector<std::string>> examples;  // prompts to try
  std::map<std::string, std::vector<std::string>> samples;   // the prompts of sample_pictures
  std::vector<std::filesystem::path> sample_pictures;
};

// The file that a LoRA's tag stands for.
struct FoundLora {
  std::filesystem::path file;
  int keys = 0;            // of the file, and
  int matched_keys = 0;    // those of them that change the model
  std::int64_t bytes = 0;  // on the device
};

// A LoRA's file in a place where they are looked for.
struct LoraOffer {
  std::string name;  // its path there without the ending: "styles/ink"
  std::filesystem::path file;
  std::int64_t file_bytes = 0;
  std::optional<FoundLora> fits{};  // what it is for the model
  Message problem{};                // why it does not fit; neither: not known yet
};
[[nodiscard]] inline bool is_same(const LoraOffer& one, const LoraOffer& other) {
  return one.file == other.file;
}

// LoRAs that prompts ask for. look() and add() throw Error for one that is not there or does not
// fit the model.
struct LoraServices {
  std::function<FoundLora(const LoraTag&)> look{};
  // Prompts mean this file from now on by the name that is returned.
  std::function<std::string(const std::filesystem::path&)> add{};
  // Tells of each file that is found, then again of each whether it fits: files are opened for it.
  // `found` may throw, which is let through.
  std::function<void(const std::function<void(LoraOffer)>& found)> list{};
  std::vector<std::filesystem::path>
      folders{};  // where list() looks, whether they are there or not
};

// A model opened on a device, with all that its jobs and forecasts need: what a Session replaces as
// a whole. Holds no weights and no memory of the device; its generator does. The functions may be
// called from any thread, as long as it is there.
struct ModelOnDevice {
  SessionChoice choice;
  ModelInfo model;
  std::string device_name;           // "CPU", "RTX 3060 Laptop"
  std::string device_id;             // "cpu", "cuda:0"
  std::string dtype;                 // what the choice comes to, "fp32"
  std::vector<std::string> formats;  // that the device can run, as SessionChoice::dtype takes them
  ModelExamples examples;
  GenerationQueue::Source source;             // of pictures
  ForecastService::Sources forecast_service;  // of forecasts
  std::function<MemorySnapshot()> read_memory;
  // May be empty: then no count is shown.
  std::function<PromptLength(const std::string&)> measure_prompt;
  // The shape of a request's pictures, whose prompts are so long.
  std::function<RunShape(const GenerationRequest&, int prompt_tokens, int negative_tokens)> shape;
  LoraServices loras{};  // without: tags are left to the run
};

}  // namespace headroom
