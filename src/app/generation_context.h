#pragma once
#include "headroom/config/app_config.h"
#include "headroom/core/number_format.h"
#include "headroom/engine/generation_queue.h"
#include "headroom/pipeline/make_generator.h"

#include "chosen_loras.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// The programs in the file of --pretend-others, or none.
[[nodiscard]] OtherPrograms pretended_programs(const AppConfig& config);

// The memory limits that the user has set.
[[nodiscard]] BudgetOptions budget_options(const AppConfig& config);

// Like choose_device(), but for "auto" it also logs which GPU cannot be used.
[[nodiscard]] Device chosen_device(const std::string& wanted);

// Tells the backend what earlier runs were found to take on a GPU beside their tensors. `dtype` as
// in PipelineOptions.
void expect_overhead(const Device& device, NumberFormat dtype);

// The rooms joined for one model on one device, for window and command line alike.
struct GenerationContext {
  PipelineOptions pipeline;
  std::shared_ptr<const PromptTokenizer> tokenizer;
  std::shared_ptr<Forecaster> forecaster;
  DeviceMemory memory;

  // Reads the model's configs and tokenizer, and checks the headers of weights and LoRAs. Throws
  // Error.
  explicit GenerationContext(const AppConfig& config, std::filesystem::path dump_file = {},
                             const TypedLoras& loras = {});

  // Makes the function by which the queue makes its generator. `keep` is
  // PipelineOptions::keep_sampled.
  [[nodiscard]] GenerationQueue::MakeGenerator generator_maker(
      decltype(PipelineOptions::keep_sampled) keep = {}) const;
  // The function that the queue calls with finished pictures: learns from the run record and
  // stores it.
  [[nodiscard]] GenerationQueue::PictureDone run_record_keeper() const;
};

// Torch's CPU allocator must not be replaced while threads run, so this is called before the first
// of them if the networks will run on the CPU. A GPU is set up by the thread that computes, since
// an idle window does not need it. Throws Error when the device of `config` does not exist.
void set_up_processor(const AppConfig& config);

// Lets the forecaster learn from past runs, so that it knows seconds from the start. Ignores run
// records that cannot be read.
void load_past_runs(Forecaster& forecaster, const std::string& model);

// Answers questions about sizes without weights: the model may be one with configs only, and the
// GPU may be pretended.
struct PlanningContext {
  ModelInfo model;
  std::shared_ptr<Forecaster> forecaster;
  MemorySnapshot memory;
  std::shared_ptr<const OpenedLoras> opened_loras;  // null = no LoRAs
  std::int64_t lora_bytes = 0;                      // of the block of LoRAs

  explicit PlanningContext(const AppConfig& config, const TypedLoras& loras = {});
  [[nodiscard]] RunShape shape_of(const GenerationRequest& request) const;

 private:
  SchedulerConfig scheduler_;
  std::optional<PromptTokenizer> tokenizer_;  // if the model has one
};

}  // namespace headroom
