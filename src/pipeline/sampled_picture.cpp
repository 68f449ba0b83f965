#include "sampled_picture.h"

#include "headroom/core/error.h"
#include "headroom/weights/tensor_file.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

namespace headroom {

namespace {

std::vector<SampledPicture::File> files_of(const NetworkTensors& vae) {
  const std::vector<FileStamp> stamps = vae.store().stamps();
  std::vector<SampledPicture::File> files;
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    files.push_back({std::filesystem::absolute(vae.store().files()[i]).string(), stamps[i].bytes,
                     stamps[i].changed_ns});
  }
  return files;
}

}  // namespace

SampledPicture take_sampled(const GeneratedImage& result, const at::Tensor& latents,
                            const RunFormats& formats, const OpenedModel& model,
                            const std::string& device) {
  SampledPicture sampled;
  sampled.index = result.index;
  sampled.seed = result.seed;
  sampled.device = device;
  sampled.loras = result.loras;
  sampled.shape = {latents.size(0), latents.size(1), latents.size(2)};
  sampled.latents.resize(static_cast<std::size_t>(latents.numel()));
  // Copies to memory outside of the device's budget, which has no room for a copy.
  at::from_blob(sampled.latents.data(), latents.sizes(), at::TensorOptions(at::kFloat))
      .copy_(latents);
  sampled.decoder_format = decoder_format(formats);
  sampled.decoder_files = files_of(model.vae);
  return sampled;
}

void take_over(const SampledPicture& sampled, GeneratedImage& result) {
  result.index = sampled.index;
  result.seed = sampled.seed;
  result.loras = sampled.loras;
  result.kept = sampled.kept;
}

at::Tensor latents_of(const SampledPicture& sampled, const std::vector<std::int64_t>& shape,
                      const OpenedModel& model, at::Device device) {
  if (!std::equal(shape.begin(), shape.end(), sampled.shape.begin(), sampled.shape.end())) {
    throw Error(ErrorKind::kModelFile,
                say("what was sampled is of another kind of model, with latents of other sides; "
                    "choose the model that it was made with"));
  }
  if (!sampled.decoder_files.empty() && sampled.decoder_files != files_of(model.vae)) {
    throw Error(ErrorKind::kModelFile,
                say("what was sampled needs the decoder of {0}, and {1} has another; choose the "
                    "model that it was made with",
                    sampled.decoder_files.front().path, model.vae.store().place()));
  }
  at::Tensor latents = at::empty(shape, at::TensorOptions(device).dtype(at::kFloat));
  auto* const values = const_cast<float*>(sampled.latents.data());  // only read
  latents.copy_(at::from_blob(values, shape, at::TensorOptions(at::kFloat)));
  return latents;
}

std::shared_ptr<const Image> to_image(const at::Tensor& picture) {
  const at::Tensor host = picture.to(at::kCPU);
  auto image = std::make_shared<Image>();
  image->height = static_cast<int>(host.size(0));
  image->width = static_cast<int>(host.size(1));
  image->rgb.resize(static_cast<std::size_t>(host.numel()));
  std::memcpy(image->rgb.data(), host.const_data_ptr<std::uint8_t>(), image->rgb.size());
  return image;
}

const char* decoder_format(const RunFormats& formats) {
  return formats.vae == at::kFloat ? "fp32" : "bf16";
}

}  // namespace headroom
