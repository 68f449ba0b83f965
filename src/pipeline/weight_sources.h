#pragma once
#include "headroom/model/weight_source.h"
#include "headroom/weights/tensor_file.h"

#include "number_format.h"

#include <array>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <ATen/core/TensorBody.h>
#include <c10/core/Event.h>

namespace headroom {

// Page-locked memory through which values reach a card: a copy out of it goes on by itself while
// the next values are read and converted. Any thread; nothing is taken before the first copy.
class Staging {
 public:
  // `target` lies on a card; the copy is queued on the calling thread's stream.
  void copy(std::span<const std::byte> data, c10::ScalarType stored, const at::Tensor& target);

 private:
  struct Half {
    at::Tensor memory;
    std::optional<c10::Event> copied;  // the last copy out of it
  };
  std::mutex mutex_;  // guards the halves
  std::array<Half, 2> halves_;
};

// Weights from a model's files, converted tensor by tensor on the way to the device. The converted
// pages of the mapped file are given back to the system as it goes.
class FileWeights final : public WeightSource {
 public:
  // `prefixes`: what may stand before a name in the file, tried in order.
  FileWeights(const TensorStore& store, at::TensorOptions options,
              std::vector<std::string> prefixes = {""});
  // Matrices with holes of zeros are read as they are, which is an error otherwise.
  void allow_holes() { allows_holes_ = true; }
  at::Tensor get(std::string_view name, at::IntArrayRef shape) override;
  void read(std::string_view name, const at::Tensor& target) override;
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override;
  [[nodiscard]] at::TensorOptions options() const override { return options_; }
  // The stored tensor and its name in the file. Throws Error{kModelFile} unless it is there in this
  // shape and in a number format that can be read.
  const TensorView& find(std::string_view name, at::IntArrayRef shape,
                         std::string& full_name) const;

 private:
  [[nodiscard]] std::string place_of(const std::string& full_name) const;  // for messages

  const TensorStore& store_;
  Staging staging_;
  at::TensorOptions options_;
  std::vector<std::string> prefixes_;
  bool allows_holes_ = false;
};

// Shapes without values, for a replay. Of quantised storage: the matrices of the layers that a
// network has many of ("layers.N."), text encoder and transformer alike, come as their bytes,
// [rows, bytes of a row]. All else is in `dtype`: vectors, embedders, refiners, the final layer and
// pad tokens, which are small or precious, and rows that are no whole number of blocks.
class MetaWeights final : public WeightSource {
 public:
  explicit MetaWeights(c10::ScalarType dtype, WeightStorage storage = WeightStorage::kPlain);
  at::Tensor get(std::string_view name, at::IntArrayRef shape) override;
  void read(std::string_view name, const at::Tensor& target) override;
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override;
  [[nodiscard]] at::TensorOptions options() const override { return options_; }

 private:
  at::TensorOptions options_;
  WeightStorage storage_;
};

}  // namespace headroom
