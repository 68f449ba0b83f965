#pragma once
#include "headroom/core/generation.h"
#include "headroom/pipeline/text_to_image.h"

#include <cstdint>
#include <utility>

namespace headroom {

// The features of a job's prompts, varied for each picture. Takes no device memory: the original
// is kept on the host.
class PromptVariety {
 public:
  void set(TextToImage::Features features) {
    features_ = std::move(features);
    plain_.reset();
  }
  // Replaces the last picture's variety by that of `seed`. The negative prompt stays unchanged.
  void vary(const Variety& variety, std::uint64_t seed);
  [[nodiscard]] const TextToImage::Features& features() const { return features_; }

 private:
  TextToImage::Features features_;
  // The prompt's original features, float32 on the host; undefined before the first variety.
  at::Tensor plain_;
};

}  // namespace headroom
