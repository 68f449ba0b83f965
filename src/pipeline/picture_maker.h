#pragma once
#include "headroom/core/generator.h"
#include "headroom/core/run_shape.h"
#include "headroom/device/device.h"
#include "headroom/memory/slowdown_detector.h"
#include "headroom/pipeline/converted_weights.h"
#include "headroom/pipeline/make_generator.h"
#include "headroom/pipeline/opened_model.h"

#include "format_choice.h"
#include "prompt_ids.h"
#include "run_previews.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace headroom {

// A valid request with a seed, and its prompts as token ids.
struct TokenizedRequest {
  GenerationRequest request;
  PromptIds ids;
  RunShape shape;
};

// Makes the pictures of jobs, one job at a time, in the number formats that each call names. Keeps
// the model's networks opened from one job to the next. Create, use and destroy it on one thread.
class PictureMaker {
 public:
  // `options` must outlive it.
  explicit PictureMaker(const PipelineOptions& options);
  ~PictureMaker();  // gives back what the networks hold on the device
  PictureMaker(const PictureMaker&) = delete;
  PictureMaker& operator=(const PictureMaker&) = delete;

  // Makes picture `first` of the job and those after it, in `choice`, the formats that the
  // networks are open in if they are. Throws NumericalFailure when numbers go wrong; with
  // `is_retry`, which is the last try, Error{kModelFile} instead. Throws Error{kOutOfMemory} when
  // no plan fits, Error{kCancelled} when `stop` asks for it, and what libtorch throws.
  void run(const TokenizedRequest& asked, int first, const FormatChoice& choice, bool is_retry,
           ProgressSink& sink, const std::stop_token& stop);

  // Closes the networks; the next run opens them again.
  void close() { opened_.reset(); }

  [[nodiscard]] const DeviceMemory& memory() const { return memory_; }

 private:
  struct Job;
  void open(Job& job, int first);
  void load_and_encode(Job& job, int first);
  GeneratedImage make_picture(Job& job, int i, bool is_further);
  // Returns the picture's clean latents, and notes in `result` where they are kept on the disk.
  at::Tensor sample(Job& job, GeneratedImage& result);
  void check_colours(const Job& job, const GeneratedImage& result) const;
  // Fills `sampling` with the clean latents, under one plan or several.
  void denoise(Job& job, int i, std::uint64_t seed, Sampling& sampling);
  void check_finite(const Job& job, int i, const Sampling& sampling) const;
  void keep_overhead();

  const PipelineOptions& options_;
  DeviceBackend& backend_;
  const at::Device torch_device_;
  const DeviceMemory memory_;
  ConvertedWeights converted_;
  RunPreviews previews_;
  SlowdownDetector steps_;
  std::unique_ptr<OpenedModel> opened_;
  std::optional<std::vector<UsedLora>> loras_;  // read once: whole files
  bool overhead_is_kept_ = false;
};

}  // namespace headroom
