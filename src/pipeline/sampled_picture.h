#pragma once
#include "headroom/core/generation.h"
#include "headroom/pipeline/opened_model.h"
#include "headroom/pipeline/run_formats.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Conversion between device tensors and plain values: sampled latents, and pictures.

// The part of a picture, which is to become `result`, that is worth keeping: its latents [C, h,
// w], and what its pixels depend on.
[[nodiscard]] SampledPicture take_sampled(const GeneratedImage& result, const at::Tensor& latents,
                                          const RunFormats& formats, const OpenedModel& model,
                                          const std::string& device);

// Copies index, seed, LoRAs and place on the disk to `result`.
void take_over(const SampledPicture& sampled, GeneratedImage& result);

// The sampled latents on a device. Throws Error{kModelFile} unless their shape is `shape` [C, h,
// w], the model's.
[[nodiscard]] at::Tensor latents_of(const SampledPicture& sampled,
                                    const std::vector<std::int64_t>& shape,
                                    const OpenedModel& model, at::Device device);

// Converts a decoder's output, [H, W, 3] uint8 on any device.
[[nodiscard]] std::shared_ptr<const Image> to_image(const at::Tensor& picture);

// "fp32" or "bf16": the number format of the decoder.
[[nodiscard]] const char* decoder_format(const RunFormats& formats);

}  // namespace headroom
