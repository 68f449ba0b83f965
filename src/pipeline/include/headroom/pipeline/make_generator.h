#pragma once
#include "headroom/core/generator.h"
#include "headroom/device/device.h"
#include "headroom/memory/budget.h"
#include "headroom/memory/device_rates.h"
#include "headroom/memory/forecast.h"
#include "headroom/memory/plan_space.h"
#include "headroom/memory/workspace_terms.h"
#include "headroom/model_files/model_folder.h"
#include "headroom/model_files/weight_cache.h"
#include "headroom/pipeline/adapters.h"
#include "headroom/text/prompt_tokenizer.h"
#include "headroom/weights/tensor_file.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace headroom {

// The SHA-256 of a file that was opened as `stamp` says, in 64 lower-case hexadecimal digits;
// nothing while it is not known, which it may be later. Returns at once.
using HashOf = std::function<std::optional<std::string>(const std::filesystem::path& file,
                                                        const FileStamp& stamp)>;

// Everything that decides how requests run, apart from the requests themselves. Plain values.
struct PipelineOptions {
  ModelFolder model;
  Device device;
  // auto | fp32 | bf16 | fp16 | int8 | q4; auto = fp32 on the CPU, bf16 on a card. int8 on a card
  // and q4 can be planned, not run.
  std::string dtype = "auto";
  int threads = 0;           // 0 = one per core
  WorkspaceTerms workspace;  // what is known of this device's workspaces without measuring
  // Asked once, before the first forecast: what `headroom calibrate` found on this device, or finds
  // now. May be empty.
  std::function<std::optional<WorkspaceTerms>()> calibration;
  // Asked once, before the first forecast: what this device was measured to do. May be empty.
  std::function<std::optional<DeviceRates>()> rates;
  // Told when the first run of more than a second took twice as long as the rates had said, or half
  // as long: something else ran while they were measured. May be empty.
  std::function<void()> distrust_rates;
  // Told once, after the first picture: what the program takes of a card beside its tensors, see
  // DeviceBackend::expect_overhead(). May be empty.
  std::function<void(const CardOverhead& overhead)> keep_overhead;
  // Told of each picture of `request` whose steps are done, before it is decoded: keeps it where it
  // outlives the process. Null when it is not kept; must not throw. May be empty.
  std::function<std::shared_ptr<KeptSample>(const GenerationRequest& request,
                                            const SampledPicture& sampled)>
      keep_sampled;
  // Asked for the model's weight files with each picture, whose run record has them. May be empty.
  HashOf hash_of;
  // Makes what predicts runs that are made otherwise: again in a safer number format, or with
  // LoRAs. headroom/forecast/forecaster.h has one. Must be there for a generator.
  std::function<std::shared_ptr<Forecaster>(PipelineOptions)> make_forecaster;
  BudgetOptions budget;
  bool check_weights = true;  // holes of zeros in a matrix are an error when it is read
  // Keeps weights in the number format that they are computed in; nothing = they are not kept.
  std::optional<WeightCache> weight_cache;
  // What prompts ask for by <lora:NAME:STRENGTH>, all of them and no others; null = none.
  std::shared_ptr<const Adapters> adapters;
  // Each step's sink is shown what the picture is going to be. A model without a preview.json has
  // two small pictures decoded for it before the first run.
  bool previews = false;
  bool low_vram = false;  // prefer the plan that holds least over the fastest
  PlanFloor floor;        // what stays off the device in any case
  std::optional<std::int64_t> pretend_vram_bytes;
  OtherPrograms pretend_others;  // may be empty
  std::filesystem::path
      dump_file;  // safetensors with every intermediate of the first picture; empty = none
};

// Throws Error{kInvalidRequest} when `dtype` is one that can be planned but not run on the device
// yet.
void check_can_run(const std::string& dtype, const Device& device);

// Whether the device can run in the number format `dtype`.
[[nodiscard]] bool can_run(const std::string& dtype, const Device& device);
// What `dtype` comes to on the device, as run records have it: "fp32", "bf16+vae32". Throws
// Error{kInvalidRequest} where it has no such format.
[[nodiscard]] std::string format_name(const std::string& dtype, const Device& device);

// The text-to-image pipeline. Opens no weights before the first request. Create, use and destroy it
// on one thread. Throws what check_can_run() throws, Error{kModelFile} when a weight file is
// damaged, Error{kOutOfMemory} when a request does not fit (before anything runs).
[[nodiscard]] std::unique_ptr<ImageGenerator> make_generator(
    PipelineOptions options, std::shared_ptr<const PromptTokenizer> tokenizer,
    std::shared_ptr<Forecaster> forecaster);

}  // namespace headroom
