#pragma once
#include "headroom/core/model_shelves.h"
#include "headroom/weights/network_tensors.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace headroom {

// True for a folder with weights in it, or a file.
[[nodiscard]] bool has_weights(const std::filesystem::path& place);

// Files of Z-Image transformers, or of checkpoints of all networks, in `folder` and in folders of
// it down to `depth`; in the order of names.
[[nodiscard]] std::vector<std::filesystem::path> transformers_in(
    const std::filesystem::path& folder, int depth);
inline constexpr int kShelfDepth = 3;  // people sort their files into folders

// The one of those in `folder` and on its shelves. Nothing where there are none; several are
// refused by name, since only the person knows which is meant.
[[nodiscard]] std::optional<std::filesystem::path> transformer_in(
    const std::filesystem::path& folder);

// Looks for what a transformer's file lacks: in the model's folder of diffusers' layout around it,
// in the folders that ComfyUI and Forge put beside its own, beside the file itself, on `shelves`,
// and in the Hugging Face cache. What fits is told by content and sizes; of several the one with
// most bytes, which is the most precise, is taken.
class PartFinder {
 public:
  PartFinder(const std::filesystem::path& transformer, const std::filesystem::path& hub_cache,
             ModelShelves shelves);

  // `width`: what the text encoder hands the transformer.
  [[nodiscard]] std::optional<std::filesystem::path> text_encoder(std::int64_t width) const;
  [[nodiscard]] std::optional<std::filesystem::path> vae(std::int64_t latent_channels) const;
  // A folder with tokenizer.json.
  [[nodiscard]] std::optional<std::filesystem::path> tokenizer(
      const std::filesystem::path& text_encoder) const;
  // The model's folder in diffusers' layout that the transformer's file is in.
  [[nodiscard]] std::optional<std::filesystem::path> model_root() const;

 private:
  // A network that fits by the length `extent` of one axis of one of its tensors.
  struct Wanted {
    Network network;
    const char* tensor;
    std::size_t axis;
    std::int64_t extent;
    const char* folder;                            // in diffusers' layout
    std::vector<std::filesystem::path> beside;     // folders around the transformer's
    std::vector<std::filesystem::path> elsewhere;  // looked into after those
  };
  [[nodiscard]] std::optional<std::filesystem::path> find(const Wanted& wanted) const;
  [[nodiscard]] std::vector<std::filesystem::path> beside(
      std::initializer_list<const char*> names) const;

  std::filesystem::path file_;
  std::optional<std::filesystem::path> root_;
  std::vector<std::filesystem::path> trees_;  // hold a folder for each kind of part
  std::vector<std::filesystem::path> snapshots_;
  ModelShelves shelves_;
};

}  // namespace headroom
