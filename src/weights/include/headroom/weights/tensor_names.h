#pragma once
#include "headroom/weights/network_tensors.h"

#include <optional>
#include <string>
#include <string_view>

namespace headroom {

// A stored tensor, or one of `parts` equal parts of its rows.
struct StoredName {
  std::string name;
  int part = 0;
  int parts = 1;
};

// The name in single files of the tensor that diffusers or transformers call `name`: fused names
// for transformers, llama.cpp's for text encoders, and those of the first latent diffusion models
// for the VAE, whose decoder has `vae_levels` levels. Nothing where they have the same name.
[[nodiscard]] std::optional<StoredName> single_file_name(Network network, std::string_view name,
                                                         int vae_levels);

// The name in transformers of a text encoder's tensor that llama.cpp calls `name`.
[[nodiscard]] std::optional<std::string> name_of_llama(std::string_view name);

// The tensor that shows that a file has this network, after any prefix.
[[nodiscard]] std::string_view landmark(Network network);

}  // namespace headroom
