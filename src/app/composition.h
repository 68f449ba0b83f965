#pragma once
#include "headroom/config/app_config.h"
#include "headroom/engine/generation_queue.h"
#include "headroom/pipeline/make_generator.h"

#include "chosen_loras.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// What --pretend-others names, or nothing.
[[nodiscard]] OtherPrograms pretended_programs(const AppConfig& config);

// The limits on memory that a person set.
[[nodiscard]] BudgetOptions budget_options(const AppConfig& config);

// As choose_device(); who asks for no certain device is told which one was passed over.
[[nodiscard]] Device chosen_device(const std::string& wanted);

// Tells a card what earlier runs were found to take of it beside their tensors. `dtype` as in
// PipelineOptions.
void expect_overhead(const Device& device, const std::string& dtype);

// The rooms put together for one model on one device, the same for window and command line.
struct Composition {
  PipelineOptions pipeline;
  std::shared_ptr<const PromptTokenizer> tokenizer;
  std::shared_ptr<Forecaster> forecaster;
  DeviceMemory memory;

  // Reads the model's configs and tokenizer and checks the weights' headers, and those of LoRAs.
  // Throws Error.
  explicit Composition(const AppConfig& config, std::filesystem::path dump_file = {},
                       const TypedLoras& loras = {});

  // What the queue makes its generator with. `keep` as PipelineOptions::keep_sampled.
  [[nodiscard]] GenerationQueue::MakeGenerator generator_maker(
      decltype(PipelineOptions::keep_sampled) keep = {}) const;
  // What the queue tells of finished pictures: learns from the run record and keeps it.
  [[nodiscard]] GenerationQueue::PictureDone run_record_keeper() const;
};

// Torch's allocator of the processor must not change under threads that run: called before the
// first of them, where networks are to run on the processor. A card is set up by the thread that
// computes: an idle window needs none. Throws Error where the device of `config` is not there.
void set_up_processor(const AppConfig& config);

// Seconds are known from the start where runs of the past tell them. Run records that cannot be
// read cost nothing but that.
void load_past_runs(Forecaster& forecaster, const std::string& model);

// What answers questions about sizes without any weights: the model may be one of those whose
// configs alone come with the program, the card one that is only pretended.
struct PlanningContext {
  ModelInfo model;
  std::shared_ptr<Forecaster> forecaster;
  MemorySnapshot memory;
  std::shared_ptr<const Adapters> adapters;  // null = none was asked for
  std::int64_t adapter_bytes = 0;            // of the transformer's weights

  explicit PlanningContext(const AppConfig& config, const TypedLoras& loras = {});
  [[nodiscard]] RunShape shape_of(const GenerationRequest& request) const;

 private:
  SchedulerConfig scheduler_;
  std::optional<PromptTokenizer> tokenizer_;  // where the model has one
};

}  // namespace headroom
