#pragma once
#include "headroom/model/weight_source.h"
#include "headroom/weights/tiny_decoder_file.h"

#include <span>
#include <string_view>

#include <ATen/core/TensorBody.h>

namespace headroom {

// The weights of TAEF1's decoder from its file. Used by one thread at a time.
class TinyDecoderWeights final : public WeightSource {
 public:
  // `options`: device and number format. `file` must outlive this object.
  TinyDecoderWeights(const TinyDecoderFile& file, const at::TensorOptions& options)
      : file_(file), options_(options) {}

  at::Tensor get(std::string_view name, at::IntArrayRef shape) override;
  void read(std::string_view name, const at::Tensor& target) override;
  // Throws Error{kInternal}: it has no tables.
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override;
  [[nodiscard]] at::TensorOptions options() const override { return options_; }

 private:
  const TinyDecoderFile& file_;
  at::TensorOptions options_;
};

}  // namespace headroom
