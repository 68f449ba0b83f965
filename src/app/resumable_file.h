#pragma once
#include "headroom/config/app_config.h"
#include "headroom/core/generation.h"

#include "saved_pictures.h"

#include <filesystem>
#include <string>

namespace headroom {

// A picture after its last step and before it is saved, with everything needed to finish it: a
// safetensors file with the latents, whose metadata have the rest as JSON and a hash of
// everything.
struct ResumablePicture {
  GenerationRequest request;  // of the whole run, with its seed; see read_request_json()
  SampledPicture sampled;
  OutputPlace output;  // where the run's pictures are saved
  ModelOptions model;  // only the places of its parts, absolute; empty = as configured
  std::string model_name;
};

// The bytes of such a file; `file` is for messages. Throws Error{kInternal} for what the format
// cannot hold, such as a path that is not UTF-8.
[[nodiscard]] std::string resumable_bytes(const ResumablePicture& picture,
                                          const std::filesystem::path& file);

// Reads such a file. Throws Error{kModelFile} with one sentence, without a way out, for a file
// that is damaged, of another program or of a later version.
[[nodiscard]] ResumablePicture read_resumable(const std::filesystem::path& file);

// The places of a model's parts, made absolute if they exist.
[[nodiscard]] ModelOptions places_of(const ModelOptions& options);
[[nodiscard]] bool same_places(const ModelOptions& a, const ModelOptions& b);

}  // namespace headroom
