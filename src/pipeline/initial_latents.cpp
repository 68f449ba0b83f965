#include "initial_latents.h"

#include "headroom/core/error.h"
#include "headroom/device/memory_tag.h"
#include "headroom/diffusion/noise.h"
#include "headroom/diffusion/pyramid_noise.h"

#include <utility>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

namespace headroom {
namespace {

// Copies directly to the device, without an extra tensor in its memory.
at::Tensor to_device(const std::vector<std::uint8_t>& bytes, at::IntArrayRef shape,
                     at::ScalarType type, at::Device device) {
  at::Tensor target = at::empty(shape, at::TensorOptions(device).dtype(type));
  auto* const data = const_cast<std::uint8_t*>(bytes.data());  // only read
  target.copy_(at::from_blob(data, shape, at::TensorOptions(at::kByte)));
  return target;
}

std::vector<std::uint8_t> pick_pixels(const GreyImage& mask, std::int64_t width,
                                      std::int64_t height) {
  std::vector<std::uint8_t> picked;
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t at = y * (mask.height / height) * mask.width + x * (mask.width / width);
      picked.push_back(mask.grey[static_cast<std::size_t>(at)]);
    }
  }
  return picked;
}

}  // namespace

void check_image_encoder(const NetworkTensors& vae) {
  if (vae.shape_of("encoder.conv_in.weight")) return;
  throw Error(ErrorKind::kModelFile,
              say("{0}: the VAE has no encoder, which a start from a picture needs; choose a whole "
                  "VAE with --vae, or start without a picture",
                  vae.store().place()));
}

EncodedImage encode_init_image(TextToImage& networks, const InitImage& init, at::Device device,
                               const RunHooks& hooks) {
  EncodedImage image;
  {
    const at::Tensor pixels =
        to_device(init.image.rgb, {init.image.height, init.image.width, 3}, at::kByte, device);
    image.moments = networks.encode_image(pixels, hooks);
  }
  if (init.repaint) {
    const std::int64_t height = image.moments.size(1);
    const std::int64_t width = image.moments.size(2);
    image.repaint =
        to_device(pick_pixels(*init.repaint, width, height), {height, width}, at::kFloat, device);
    if (init.repaint_full != 1) image.repaint.div_(init.repaint_full);
  }
  return image;
}

namespace {

// The first `count` draws of `seed`; the last is in the request's seed mode and becomes the noise.
std::vector<at::Tensor> draws_of(const GenerationRequest& request, std::uint64_t seed,
                                 at::IntArrayRef shape, int count) {
  std::vector<at::Tensor> draws = draw_noises(seed, shape, count);
  if (request.seed_mode == SeedMode::kComposition) {
    const ScopedMemoryTag host(MemoryTag::kHost);
    draws.back().copy_(draw_pyramid_noise(seed, shape[1], shape[2], shape[3]));
  }
  return draws;
}

}  // namespace

Sampling begin_sampling(const TextToImage& networks, const EncodedImage& image,
                        const GenerationRequest& request, const PictureSeeds& seeds,
                        at::Device device, const RunHooks& hooks) {
  std::vector<std::int64_t> shape = networks.latent_shape(request);
  shape.insert(shape.begin(), 1);
  const int count = request.init ? 2 : 1;
  std::vector<at::Tensor> draws = draws_of(request, seeds.own, shape, count);
  if (request.variation) {
    const ScopedMemoryTag host(MemoryTag::kHost);
    turn_towards(draws.back(), draws_of(request, seeds.variation, shape, count).back(),
                 request.variation->strength);
  }
  if (hooks.trace) hooks.trace("noise", draws.back());
  for (at::Tensor& draw : draws) draw = draw.to(device).squeeze(0);
  if (!request.init) return Sampling{.latents = std::move(draws.front())};
  return networks.start_from(image, std::move(draws[0]), std::move(draws[1]), request,
                             first_step(request));
}

PictureSeeds seeds_of(const GenerationRequest& request, int index) {
  PictureSeeds seeds{seed_of(request, index)};
  if (request.variation) {
    seeds.variation = request.variation->seed + static_cast<std::uint64_t>(index);
  }
  return seeds;
}

}  // namespace headroom
