#pragma once
#include "headroom/model_files/adapter_file.h"

#include "adapter_groups.h"
#include "adapter_scales.h"

#include <filesystem>
#include <functional>
#include <span>
#include <vector>

namespace headroom {

// Turns the tensors of each module into changes of matrices, and checks them against the network.
class AdapterChanges {
 public:
  // Reads a tensor of one value; the result is not finite if the tensor cannot be a scale.
  using ReadNumber = std::function<double(const TensorView& view)>;

  // All arguments must outlive this object; `path` and the counts of keys are for messages.
  AdapterChanges(const std::filesystem::path& path, std::span<const NamedMatrix> network,
                 const AdapterScales& scales, ReadNumber read_number, int matched_keys, int keys)
      : path_(path),
        network_(network),
        scales_(scales),
        read_number_(std::move(read_number)),
        matched_keys_(matched_keys),
        keys_(keys) {}

  // Appends the changes that `group` makes to its matrices. Throws Error{kModelFile}.
  void add(const AdapterGroup& group, std::vector<MatrixChange>& changes) const;

 private:
  [[nodiscard]] MatrixChange form_of(const AdapterGroup& group) const;
  [[nodiscard]] AdapterMatrix matrix(const NamedView& tensor) const;
  [[nodiscard]] AdapterFactor product(const AdapterGroup& group, AdapterPart left,
                                      AdapterPart right) const;
  [[nodiscard]] AdapterFactor factor(const AdapterGroup& group, AdapterPart whole, AdapterPart left,
                                     AdapterPart right) const;
  [[nodiscard]] const NamedView& need(const AdapterGroup& group, AdapterPart part) const;
  [[nodiscard]] double scale_of(const AdapterGroup& group, const MatrixChange& change) const;
  void check_rank(const AdapterFactor& factor, std::int64_t most) const;
  [[noreturn]] void refuse_shape(const NamedView& tensor) const;

  const std::filesystem::path& path_;
  const std::span<const NamedMatrix> network_;
  const AdapterScales& scales_;
  const ReadNumber read_number_;
  const int matched_keys_, keys_;
};

}  // namespace headroom
