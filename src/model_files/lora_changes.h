#pragma once
#include "headroom/model_files/lora_file.h"

#include "lora_groups.h"
#include "lora_scales.h"

#include <filesystem>
#include <functional>
#include <span>
#include <vector>

namespace headroom {

// Turns the tensors of each module into changes of matrices, and checks them against the network.
class LoraChanges {
 public:
  // Reads a tensor of one value; the result is not finite if the tensor cannot be a scale.
  using ReadNumber = std::function<double(const TensorView& view)>;

  // All arguments must outlive this object; `path` and the counts of keys are for messages.
  LoraChanges(const std::filesystem::path& path, std::span<const NamedMatrix> network,
              const LoraScales& scales, ReadNumber read_number, int matched_keys, int keys)
      : path_(path),
        network_(network),
        scales_(scales),
        read_number_(std::move(read_number)),
        matched_keys_(matched_keys),
        keys_(keys) {}

  // Appends the changes that `group` makes to its matrices. Throws Error{kModelFile}.
  void add(const LoraGroup& group, std::vector<MatrixChange>& changes) const;

 private:
  [[nodiscard]] MatrixChange form_of(const LoraGroup& group) const;
  [[nodiscard]] LoraMatrix matrix(const NamedView& tensor) const;
  [[nodiscard]] LoraFactor product(const LoraGroup& group, LoraPart left, LoraPart right) const;
  [[nodiscard]] LoraFactor factor(const LoraGroup& group, LoraPart whole, LoraPart left,
                                  LoraPart right) const;
  [[nodiscard]] const NamedView& need(const LoraGroup& group, LoraPart part) const;
  [[nodiscard]] double scale_of(const LoraGroup& group, const MatrixChange& change) const;
  void check_rank(const LoraFactor& factor, std::int64_t most) const;
  [[noreturn]] void refuse_shape(const NamedView& tensor) const;

  const std::filesystem::path& path_;
  const std::span<const NamedMatrix> network_;
  const LoraScales& scales_;
  const ReadNumber read_number_;
  const int matched_keys_, keys_;
};

}  // namespace headroom
