#pragma once
#include "headroom/core/generation.h"
#include "headroom/pipeline/text_to_image.h"
#include "headroom/weights/network_tensors.h"

#include <cstdint>

namespace headroom {

// What the first step of a picture begins with: noise, or another picture under noise.

// Throws Error{kModelFile} when these weights have no image encoder.
void check_image_encoder(const NetworkTensors& vae);

// `init` on the device, encoded; its mask at the size of the latents, where every so many-th pixel
// from the first one on stands for those around it.
[[nodiscard]] EncodedImage encode_init_image(TextToImage& networks, const InitImage& init,
                                             at::Device device, const RunHooks& hooks);

// What the noise of one picture is drawn from.
struct PictureSeeds {
  std::uint64_t own = 0;
  std::uint64_t variation = 0;  // where the request asks for one
};
// Of the picture with this index of a request that has a seed.
[[nodiscard]] PictureSeeds seeds_of(const GenerationRequest& request, int index);

// Draws from the generator of the picture's seed: one tensor of noise, or two when the request
// starts from `image`, first that of its latents, then that which is on top of them. A variation
// and a seed mode are about the last one.
[[nodiscard]] Sampling begin_sampling(const TextToImage& networks, const EncodedImage& image,
                                      const GenerationRequest& request, const PictureSeeds& seeds,
                                      at::Device device, const RunHooks& hooks);

}  // namespace headroom
