#pragma once
// What gui_demo finds on its pretended machine: models, LoRAs, and folders to look into.
#include "headroom/gui/window.h"
#include "headroom/image/picture_text.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace headroom::test {

// "few": the starter model (0), "turbo" (1), "big", which does not fit (2), "broken" (3) and
// "hollow" (4), see gui_demo's demo_model(), and two that are not here. "many": also one without
// all its parts (5) and eight more. "none": the starter model and the two. Each takes `pause` to be
// found, and again to be judged.
void find_demo_models(const std::string& which, std::chrono::milliseconds pause,
                      const std::function<void(ModelOffer)>& found);

// What gui_demo's pictures tell of themselves.
[[nodiscard]] std::vector<PictureText> demo_texts(const GenerationRequest& request,
                                                  const GeneratedImage& picture);

// "few": "damaged" (0), which cannot be read, "sharp" (1), which makes four times as large, and
// "soft" (2), twice; "none". Each takes `pause` to be found.
void find_demo_upscalers(const std::string& which, std::chrono::milliseconds pause,
                         const std::function<void(UpscalerOffer)>& found);

// "ink", "chalk" and "wash" are there; a file fits unless its name says otherwise.
class DemoLoras {
 public:
  static constexpr std::int64_t kBytes = 200LL << 20;  // of each, on the device
  // `which`: "few": the three, and "other", which does not fit; "many": ten more; "none".
  DemoLoras(std::string which, std::chrono::milliseconds pause)
      : which_(std::move(which)), pause_(pause) {}
  [[nodiscard]] FoundLora look(const LoraTag& tag) const;
  std::string add(const std::filesystem::path& file);
  void list(const std::function<void(LoraOffer)>& found) const;

 private:
  std::string which_;
  std::chrono::milliseconds pause_;
  std::map<std::string, std::filesystem::path> files_{{"ink", "/loras/ink.safetensors"},
                                                      {"chalk", "/loras/chalk.safetensors"},
                                                      {"wash", "/loras/wash.safetensors"}};
};

// Adding one that is not there is refused.
class DemoFolders {
 public:
  [[nodiscard]] std::vector<SearchedFolder> all() const { return folders_; }
  void add(const std::filesystem::path& folder);
  void remove(const std::filesystem::path& folder);

 private:
  std::vector<SearchedFolder> folders_{
      {"/home/you/.cache/huggingface/hub"}, {"/data/models", false}, {"/home/you/ComfyUI"}};
};

}  // namespace headroom::test
