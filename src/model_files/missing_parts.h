#pragma once
#include "headroom/core/error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace headroom {

// Parts of a model by the names of diffusers' folders: "transformer", "text_encoder", "vae",
// "tokenizer".

// What open_model() throws for a transformer's file whose other parts are not found.
class MissingParts : public Error {
 public:
  MissingParts(const Message& sentence, std::vector<std::string> parts)
      : Error(ErrorKind::kModelFile, sentence), parts_(std::move(parts)) {}
  [[nodiscard]] const std::vector<std::string>& parts() const { return parts_; }

 private:
  std::vector<std::string> parts_;
};

// Those that a folder in diffusers' layout lacks: no weights, or not all that their index names.
// What is there and cannot be read is not missing.
[[nodiscard]] std::vector<std::string> missing_in(const std::filesystem::path& root);
// Bytes of the weight files in the folders of its networks.
[[nodiscard]] std::int64_t weight_bytes_in(const std::filesystem::path& root);

// "the text encoder, the VAE"
[[nodiscard]] Message say_parts(const std::vector<std::string>& parts);

// The command that gets parts of a repository: into Hugging Face's cache, or where `folder` is not
// empty, into that.
[[nodiscard]] std::string command_for(const std::string& repository,
                                      const std::vector<std::string>& parts,
                                      const std::filesystem::path& folder = {});

}  // namespace headroom
