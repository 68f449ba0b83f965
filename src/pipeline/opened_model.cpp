#include "headroom/pipeline/opened_model.h"

#include <initializer_list>
#include <utility>

namespace headroom {
namespace {

// Matrices of this network that plans may keep packed; null = none.
std::shared_ptr<const PackedMatrices> packed_in(const NetworkTensors& tensors,
                                                const ModelFolder& model, const RunFormats& formats,
                                                at::Device device) {
  if (!device.is_cpu()) return nullptr;  // not unpacked on a card yet
  const bool is_text = tensors.network() == Network::kTextEncoder;
  return packed_matrices(tensors, model, formats.networks,
                         is_text ? formats.text_encoder : formats.transformer);
}

}  // namespace

OpenedModel::OpenedModel(const ModelFolder& model, const RunFormats& formats, at::Device device,
                         std::shared_ptr<const OpenedLoras> loras)
    : text_encoder(model.parts.text_encoder, Network::kTextEncoder),
      transformer(model.parts.transformer, Network::kTransformer),
      vae(model.parts.vae, Network::kVae),
      text_weights(text_encoder, at::TensorOptions(device).dtype(formats.networks), staging),
      transformer_weights(transformer, at::TensorOptions(device).dtype(formats.networks), staging),
      vae_weights(vae, at::TensorOptions(device).dtype(formats.vae), staging),
      host_vae_weights(vae, at::TensorOptions(at::kCPU).dtype(formats.vae)),
      text_in_int8(text_weights, formats.text_encoder),
      transformer_in_int8(transformer_weights, formats.transformer),
      packed_text(text_in_int8, packed_in(text_encoder, model, formats, device), &text_weights),
      packed_transformer(transformer_in_int8, packed_in(transformer, model, formats, device),
                         &transformer_weights),
      opened_loras(std::move(loras)),
      networks(model, formats,
               {text_in_int8, transformer_in_int8, vae_weights, host_vae_weights,
                opened_loras.get(), &packed_text, &packed_transformer},
               /*background=*/true) {
  // The starter's image encoder is written by hand, and most of it is zero.
  if (!model.info.is_starter) return;
  for (FileWeights* const weights : {&vae_weights, &host_vae_weights}) weights->allow_faults();
}

void OpenedModel::allow_faults() {
  for (FileWeights* const weights :
       {&text_weights, &transformer_weights, &vae_weights, &host_vae_weights}) {
    weights->allow_faults();
  }
}

ReadWork OpenedModel::take_work() {
  ReadWork all;
  for (FileWeights* const weights :
       {&text_weights, &transformer_weights, &vae_weights, &host_vae_weights}) {
    const ReadWork work = weights->take_work();
    all.bytes += work.bytes;
    all.seconds += work.seconds;
  }
  return all;
}

}  // namespace headroom
