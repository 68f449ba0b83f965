#pragma once
#include <filesystem>
#include <vector>

namespace headroom {

// Folders in which programs keep files of models, by kind. They need not exist.
struct ModelShelves {
  std::vector<std::filesystem::path> transformers;  // and checkpoints of all networks
  std::vector<std::filesystem::path> text_encoders;
  std::vector<std::filesystem::path> vaes;
  std::vector<std::filesystem::path> loras;
  std::vector<std::filesystem::path> upscalers;
  std::vector<std::filesystem::path> preview_decoders;

  void add(const ModelShelves& more) {
    const auto append = [](auto& all, const auto& some) {
      all.insert(all.end(), some.begin(), some.end());
    };
    append(transformers, more.transformers);
    append(text_encoders, more.text_encoders);
    append(vaes, more.vaes);
    append(loras, more.loras);
    append(upscalers, more.upscalers);
    append(preview_decoders, more.preview_decoders);
  }
};

}  // namespace headroom
