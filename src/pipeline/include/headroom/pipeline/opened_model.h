#pragma once
#include "headroom/pipeline/file_weights.h"
#include "headroom/pipeline/int8_weights.h"
#include "headroom/pipeline/packed_weights.h"
#include "headroom/pipeline/run_formats.h"
#include "headroom/pipeline/text_to_image.h"

#include <memory>

namespace headroom {

// The weight files of a model, opened, and the networks that are built from them. Used on one
// thread.
struct OpenedModel {
  NetworkTensors text_encoder;
  NetworkTensors transformer;
  NetworkTensors vae;
  std::shared_ptr<Staging> staging = std::make_shared<Staging>();  // shared by the networks
  FileWeights text_weights, transformer_weights, vae_weights, host_vae_weights;
  Int8Weights text_in_int8, transformer_in_int8;
  PackedWeights packed_text, packed_transformer;
  const std::shared_ptr<const OpenedLoras> opened_loras;  // null = none
  TextToImage networks;

  OpenedModel(const ModelFolder& model, const RunFormats& formats, at::Device device,
              std::shared_ptr<const OpenedLoras> loras = nullptr);

  void allow_faults();
  // What all networks have read since the last call.
  [[nodiscard]] ReadWork take_work();
};

}  // namespace headroom
