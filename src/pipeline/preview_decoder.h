#pragma once
#include "headroom/core/image.h"
#include "headroom/weights/tiny_decoder_file.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Draws previews with TAEF1. Between two calls it holds nothing on the device. Used on one thread.
class PreviewDecoder {
 public:
  // Previews of more latents along a side are drawn from their means.
  static constexpr std::int64_t kMostSide = 64;

  // Throws what TinyDecoderFile throws.
  explicit PreviewDecoder(const std::filesystem::path& file) : file_(file) {}

  // What drawing [16, h, w] latents takes of a device while it runs, weights and latents included.
  [[nodiscard]] std::int64_t need(std::int64_t h, std::int64_t w, bool card) const;

  // latents [16, h, w] float32 on any device -> a picture of at most 8 kMostSide pixels a side.
  // Null when that takes more than `room` bytes there. `between` may throw to stop. Throws what
  // libtorch throws when memory is short.
  [[nodiscard]] std::shared_ptr<const Image> draw(const at::Tensor& latents, std::int64_t room,
                                                  const std::function<void()>& between) const;

 private:
  const TinyDecoderFile file_;
  mutable std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> needs_;
};

}  // namespace headroom
