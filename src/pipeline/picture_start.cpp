#include "picture_start.h"

#include "headroom/core/error.h"
#include "headroom/diffusion/noise.h"

#include <utility>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

namespace headroom {
namespace {

// Straight into the device's memory: the bytes are no tensor of their own there.
at::Tensor to_device(const std::vector<std::uint8_t>& bytes, at::IntArrayRef shape,
                     at::ScalarType type, at::Device device) {
  at::Tensor target = at::empty(shape, at::TensorOptions(device).dtype(type));
  auto* const data = const_cast<std::uint8_t*>(bytes.data());  // which is only read
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
  }
  return image;
}

Sampling start_picture(const TextToImage& networks, const EncodedImage& image,
                       const GenerationRequest& request, std::uint64_t seed, at::Device device,
                       const RunHooks& hooks) {
  std::vector<std::int64_t> shape = networks.latent_shape(request);
  shape.insert(shape.begin(), 1);
  std::vector<at::Tensor> draws = draw_noises(seed, shape, request.init ? 2 : 1);
  if (hooks.trace) hooks.trace("noise", draws.back());
  for (at::Tensor& draw : draws) draw = draw.to(device).squeeze(0);
  if (!request.init) return Sampling{.latents = std::move(draws.front())};
  return networks.start_from(image, std::move(draws[0]), std::move(draws[1]), request,
                             first_step(request));
}

}  // namespace headroom
