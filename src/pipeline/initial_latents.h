#pragma once
#include "headroom/core/generation.h"
#include "headroom/pipeline/text_to_image.h"
#include "headroom/weights/network_tensors.h"

#include <cstdint>

namespace headroom {

// The state before a picture's first step: noise, or another picture with noise added.

// Throws Error{kModelFile} when these weights have no image encoder.
void check_image_encoder(const NetworkTensors& vae);

// `init` on the device, encoded. Its mask is reduced to the size of the latents by taking every
// n-th pixel, from the first one on.
[[nodiscard]] EncodedImage encode_init_image(TextToImage& networks, const InitImage& init,
                                             at::Device device, const RunHooks& hooks);

// The seeds of one picture's noise.
struct PictureSeeds {
  std::uint64_t own = 0;
  std::uint64_t variation = 0;  // if the request has a variation
};
// For the picture with this index; the request must have a seed.
[[nodiscard]] PictureSeeds seeds_of(const GenerationRequest& request, int index);

// Draws from a generator with the picture's seed: one tensor of noise, or two if the request
// starts from `image`, first for sampling its latents, then the noise added to them. Variation and
// seed mode affect only the last one.
[[nodiscard]] Sampling begin_sampling(const TextToImage& networks, const EncodedImage& image,
                                      const GenerationRequest& request, const PictureSeeds& seeds,
                                      at::Device device, const RunHooks& hooks);

}  // namespace headroom
