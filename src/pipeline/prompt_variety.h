#pragma once
#include "headroom/core/generation.h"
#include "headroom/pipeline/text_to_image.h"

#include <cstdint>
#include <utility>

namespace headroom {

// The features of a job's prompts, and for each picture its own variety of them. It takes no memory
// of the device: what they were is kept on the host.
class PromptVariety {
 public:
  void set(TextToImage::Features features) {
    features_ = std::move(features);
    plain_.reset();
  }
  // Puts the variety of a picture's seed in the place of the last one's. The negative prompt stays.
  void vary(const Variety& variety, std::uint64_t seed);
  [[nodiscard]] const TextToImage::Features& features() const { return features_; }

 private:
  TextToImage::Features features_;
  at::Tensor plain_;  // of the prompt, float32 on the host; undefined until the first variety
};

}  // namespace headroom
