#pragma once
#include "headroom/config/app_config.h"
#include "headroom/core/generation.h"
#include "headroom/engine/generation_queue.h"
#include "headroom/pipeline/make_generator.h"

#include <filesystem>
#include <memory>

namespace headroom {

// The rooms put together for one model on one device, the same for window and command line.
struct Composition {
  PipelineOptions pipeline;
  std::shared_ptr<const PromptTokenizer> tokenizer;
  std::shared_ptr<Forecaster> forecaster;
  DeviceMemory memory;

  // Reads the model's configs and tokenizer; opens no weights. Throws Error.
  explicit Composition(const AppConfig& config, std::filesystem::path dump_file = {});

  // What the queue makes its generator with.
  [[nodiscard]] GenerationQueue::MakeGenerator generator_maker() const;
};

// Saves a picture as PNG with its settings inside. `output` is a .png file (further pictures of a job
// get _2, _3, ...) or a folder. Returns the file; throws Error{kIo}.
[[nodiscard]] std::filesystem::path save_picture(const std::filesystem::path& output,
                                                 const GenerationRequest& request,
                                                 const GeneratedImage& picture);

// Throws Error{kIo} when nothing could be saved at `output`: asked before a long run, not after.
void check_output(const std::filesystem::path& output);

}  // namespace headroom
