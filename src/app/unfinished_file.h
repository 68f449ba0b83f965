#pragma once
#include "headroom/config/app_config.h"
#include "headroom/core/generation.h"

#include "picture_files.h"

#include <filesystem>
#include <string>

namespace headroom {

// A picture between its last step and its file, with all that is needed to finish it: a safetensors
// file with the latents, whose metadata hold the rest as JSON and a hash of everything.
struct UnfinishedPicture {
  GenerationRequest request;  // of the whole run, seed included; see read_request_json()
  SampledPicture sampled;
  OutputPlace output;  // where the run's pictures go
  ModelOptions model;  // the places of its parts alone, absolute; empty = as in the configuration
  std::string model_name;
};

// `file` is for messages. Throws Error{kInternal} for what the format cannot hold, such as a path
// that is not UTF-8.
[[nodiscard]] std::string unfinished_bytes(const UnfinishedPicture& picture,
                                           const std::filesystem::path& file);

// Throws Error{kModelFile} with one sentence, which says no way out, for a file that is damaged, of
// another program or of a later version.
[[nodiscard]] UnfinishedPicture read_unfinished(const std::filesystem::path& file);

// The places of a model's parts, made absolute where they are there.
[[nodiscard]] ModelOptions places_of(const ModelOptions& options);
[[nodiscard]] bool same_places(const ModelOptions& a, const ModelOptions& b);

}  // namespace headroom
