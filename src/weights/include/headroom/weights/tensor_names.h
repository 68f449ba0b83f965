#pragma once
#include "headroom/weights/network_tensors.h"

#include <optional>
#include <string>
#include <string_view>

namespace headroom {

// One of `parts` equal stretches of a stored tensor's rows.
struct StoredName {
  std::string name;
  int part = 0;
  int parts = 1;
};

// What single files call the tensor that diffusers or transformers call `name`: the fused names of
// transformers, llama.cpp's of text encoders, those of the first latent diffusion models for the
// VAE, whose decoder has `vae_levels` levels. Nothing where they have no other name.
[[nodiscard]] std::optional<StoredName> single_file_name(Network network, std::string_view name,
                                                         int vae_levels);

// What transformers calls a text encoder's tensor that llama.cpp calls `name`.
[[nodiscard]] std::optional<std::string> name_of_llama(std::string_view name);

// The tensor by which a network is known in a file, behind any prefix.
[[nodiscard]] std::string_view landmark(Network network);

}  // namespace headroom
