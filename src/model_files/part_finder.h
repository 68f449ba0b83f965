#pragma once
#include "headroom/core/message.h"
#include "headroom/core/model_shelves.h"
#include "headroom/weights/network_tensors.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace headroom {

// Whether `place` is a file, or a folder with weights in it.
[[nodiscard]] bool has_weights(const std::filesystem::path& place);

// A file that has, or by its name should have, weights.
struct ShelfFile {
  std::filesystem::path file;
  Message fault;  // why it cannot be read; empty if it has a Z-Image transformer
};

// Files with a Z-Image transformer or a whole checkpoint in `folder` and down to `depth` levels of
// its subfolders, and files of weights there that cannot be read; sorted by name.
[[nodiscard]] std::vector<ShelfFile> shelf_files(const std::filesystem::path& folder, int depth);
inline constexpr int kShelfDepth = 3;  // people sort their files into subfolders

// The only such file in `folder` and its shelves. Nothing if there is none. Several are refused by
// name, since only the user knows which one is meant.
[[nodiscard]] std::optional<std::filesystem::path> transformer_in(
    const std::filesystem::path& folder);

// Looks for the parts that a transformer's file lacks: in the model's folder of diffusers' layout
// around it, in the folders that ComfyUI and Forge put beside its own, beside the file itself, on
// `shelves`, and in the Hugging Face cache. Content and sizes decide what fits. If several fit,
// the largest file is taken, since it is the most precise.
class PartFinder {
 public:
  PartFinder(const std::filesystem::path& transformer, const std::filesystem::path& hub_cache,
             ModelShelves shelves);

  // `width`: the width of the features that the transformer expects.
  [[nodiscard]] std::optional<std::filesystem::path> text_encoder(std::int64_t width) const;
  [[nodiscard]] std::optional<std::filesystem::path> vae(std::int64_t latent_channels) const;
  // A folder with tokenizer.json.
  [[nodiscard]] std::optional<std::filesystem::path> tokenizer(
      const std::filesystem::path& text_encoder) const;
  // The model's folder in diffusers' layout that contains the transformer's file.
  [[nodiscard]] std::optional<std::filesystem::path> model_root() const;

 private:
  // A network that fits if axis `axis` of its tensor `tensor` has the length `extent`.
  struct Wanted {
    Network network;
    const char* tensor;
    std::size_t axis;
    std::int64_t extent;
    const char* folder;                            // its name in diffusers' layout
    std::vector<std::filesystem::path> beside;     // folders around the transformer's file
    std::vector<std::filesystem::path> elsewhere;  // searched after those
  };
  [[nodiscard]] std::optional<std::filesystem::path> find(const Wanted& wanted) const;
  [[nodiscard]] std::vector<std::filesystem::path> beside(
      std::initializer_list<const char*> names) const;

  std::filesystem::path file_;
  std::optional<std::filesystem::path> root_;
  std::vector<std::filesystem::path> trees_;  // folders with a subfolder for each kind of part
  std::vector<std::filesystem::path> snapshots_;
  ModelShelves shelves_;
};

}  // namespace headroom
