#pragma once
#include "headroom/core/generation.h"
#include "headroom/pipeline/number_format.h"
#include "headroom/pipeline/opened_model.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Between the device and plain values: latents that wait for their decoder, and pictures.

// What is worth keeping of a picture that is to be `result`: its latents [C, h, w], and what
// decides over their pixels.
[[nodiscard]] SampledPicture take_sampled(const GeneratedImage& result, const at::Tensor& latents,
                                          const NumberFormats& formats, const OpenedModel& model,
                                          const std::string& device);

// Index, seed and LoRAs, and where it is kept.
void take_over(const SampledPicture& sampled, GeneratedImage& result);

// Its latents on a device. Throws Error{kModelFile} when the model's latents have another shape,
// which `shape` [C, h, w] is.
[[nodiscard]] at::Tensor latents_of(const SampledPicture& sampled,
                                    const std::vector<std::int64_t>& shape,
                                    const OpenedModel& model, at::Device device);

// What a decoder gives, [H, W, 3] uint8 on any device.
[[nodiscard]] std::shared_ptr<const Image> to_image(const at::Tensor& picture);

// "fp32" or "bf16": what a decoder in these formats computes in.
[[nodiscard]] const char* decoder_format(const NumberFormats& formats);

}  // namespace headroom
