#pragma once
#include "headroom/core/generator.h"
#include "headroom/core/number_format.h"
#include "headroom/device/device.h"
#include "headroom/memory/budget.h"
#include "headroom/memory/device_rates.h"
#include "headroom/memory/forecaster.h"
#include "headroom/memory/plan_space.h"
#include "headroom/memory/workspace_terms.h"
#include "headroom/model_files/model_folder.h"
#include "headroom/model_files/weight_cache.h"
#include "headroom/pipeline/opened_loras.h"
#include "headroom/text/prompt_tokenizer.h"
#include "headroom/weights/tensor_file.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace headroom {

// The SHA-256 of a file as it was when it was opened with `stamp`, in 64 lower-case hexadecimal
// digits; nothing while it is not known, which may change later. Returns at once.
using HashOf = std::function<std::optional<std::string>(const std::filesystem::path& file,
                                                        const FileStamp& stamp)>;

// Everything that decides how requests run, except the requests themselves. Plain values.
struct PipelineOptions {
  ModelFolder model;
  Device device;
  // auto | fp32 | bf16 | fp16 | int8 | q4; auto = fp32 on the CPU, bf16 on a GPU. int8 on a GPU
  // and q4 can be planned but not run.
  NumberFormat dtype = NumberFormat::kAuto;
  int threads = 0;           // 0 = one per core
  WorkspaceTerms workspace;  // known about this device's workspaces without measuring
  // Called once, before the first forecast: the result of `headroom calibrate` for this device,
  // from before or measured now. May be empty.
  std::function<std::optional<WorkspaceTerms>()> calibration;
  // Called once, before the first forecast: the device's measured rates. May be empty.
  std::function<std::optional<DeviceRates>()> rates;
  // Called when the first run of more than a second took more than twice or less than half the
  // time that the rates predict: something else ran while they were measured. May be empty.
  std::function<void()> distrust_rates;
  // Called once, after the first picture, with what the program takes on a GPU beside its tensors,
  // see DeviceBackend::expect_overhead(). May be empty.
  std::function<void(const CardOverhead& overhead)> keep_overhead;
  // Called with each picture of `request` whose steps are done, before it is decoded: stores it
  // where it outlives the process. Returns null when it is not stored; what it throws as Error
  // becomes a notice, and the picture is made all the same. May be empty.
  std::function<std::shared_ptr<KeptSample>(const GenerationRequest& request,
                                            const SampledPicture& sampled)>
      keep_sampled;
  // Called for the model's weight files with each picture, for its run record. May be empty.
  HashOf hash_of;
  // Makes a forecaster for runs with other options: in a safer number format, or with LoRAs.
  // headroom/forecast/make_forecaster.h has one. A generator requires it.
  std::function<std::shared_ptr<Forecaster>(PipelineOptions)> make_forecaster;
  BudgetOptions budget;
  bool check_weights = true;  // holes of zeros in a matrix are an error when it is read
  // Where weights are kept in the number format that the networks compute in; nothing = not kept.
  std::optional<WeightCache> weight_cache;
  // The LoRAs; prompts must ask for exactly these by <lora:NAME:STRENGTH>. Null = none.
  std::shared_ptr<const OpenedLoras> opened_loras;
  // After each step the sink receives a preview. For a model without preview.json, two small
  // pictures are decoded before the first run to fit one.
  bool previews = false;
  // TAEF1's file, which previews are decoded with while the steps leave room for that and it takes
  // little time beside them; empty = never. The model must have FLUX.1's latents.
  std::filesystem::path preview_decoder;
  bool low_vram = false;  // prefer the plan that needs least memory over the fastest
  PlanFloor floor;        // what stays off the device in any case
  std::optional<std::int64_t> pretend_vram_bytes;
  OtherPrograms pretend_others;  // may be empty
  // A safetensors file to write with every intermediate of the first picture; empty = none.
  std::filesystem::path dump_file;
};

// The text-to-image pipeline. Opens no weights before the first request. Create, use and destroy
// it on one thread. Throws what check_can_run() throws. generate() throws Error{kModelFile} when a
// weight file is damaged, Error{kOutOfMemory} when a request does not fit (before anything runs).
[[nodiscard]] std::unique_ptr<ImageGenerator> make_generator(
    PipelineOptions options, std::shared_ptr<const PromptTokenizer> tokenizer,
    std::shared_ptr<Forecaster> forecaster);

}  // namespace headroom
