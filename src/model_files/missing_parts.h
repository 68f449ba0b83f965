#pragma once
#include "headroom/core/error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace headroom {

// Parts of a model, by the names of diffusers' folders: "transformer", "text_encoder", "vae",
// "tokenizer".

// Thrown by open_model() for a transformer's file whose other parts are not found.
class MissingParts : public Error {
 public:
  MissingParts(const Message& sentence, std::vector<std::string> parts)
      : Error(ErrorKind::kModelFile, sentence), parts_(std::move(parts)) {}
  [[nodiscard]] const std::vector<std::string>& parts() const { return parts_; }

 private:
  std::vector<std::string> parts_;
};

// The parts that a folder in diffusers' layout lacks: those without weights, or without all the
// files that their index names. A part that exists but cannot be read is not missing.
[[nodiscard]] std::vector<std::string> missing_in(const std::filesystem::path& root);
// Bytes of the weight files in the folder's networks.
[[nodiscard]] std::int64_t weight_bytes_in(const std::filesystem::path& root);

// "the text encoder, the VAE"
[[nodiscard]] Message say_parts(const std::vector<std::string>& parts);

// The shell command that downloads parts of a repository: into `folder`, or if that is empty, into
// Hugging Face's cache.
[[nodiscard]] std::string command_for(const std::string& repository,
                                      const std::vector<std::string>& parts,
                                      const std::filesystem::path& folder = {});

}  // namespace headroom
