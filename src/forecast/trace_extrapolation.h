#pragma once
#include "headroom/core/allocation_trace.h"
#include "headroom/model_files/model_folder.h"

#include "dry_run.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace headroom {

// What a stage's allocation trace depends on, apart from the model and what is the same in all of
// its dry runs.
struct TraceShape {
  // Traces of equal kind have the same entries in the same order...
  std::vector<std::int64_t> kind;
  // ...and all sizes, including those of operations with a law, are affine functions of these
  // quantities. Few of them vary independently; TraceExtrapolation finds out which.
  std::vector<std::int64_t> position;
};
// For a stage after encode.
[[nodiscard]] TraceShape trace_shape(Stage stage, const ModelFolder& model,
                                     const RunFormats& formats, const DryRunRequest& what);

// Allocation traces of one kind. An affine function that is known at enough points is known
// everywhere, so a few dry runs give exact answers for all sizes.
class TraceExtrapolation {
 public:
  // Computes a scratch block's size, by its law.
  using Law = std::function<std::int64_t(const AllocationTrace::Operation&)>;

  // The trace at `position`; nothing when the known traces do not determine it.
  [[nodiscard]] std::optional<AllocationTrace> at(const std::vector<std::int64_t>& position,
                                                  const Law& law) const;
  // Adds a trace recorded at `position`, for which at() had no answer.
  void add(const std::vector<std::int64_t>& position, const AllocationTrace& allocations);

 private:
  struct Operation {
    std::uint8_t law = 0;
    std::int8_t dtype = 0;
    std::array<std::size_t, 5> sizes{};  // indices of quantities
    friend bool operator==(const Operation&, const Operation&) = default;
  };

  [[nodiscard]] std::optional<std::vector<long double>> weights_at(
      const std::vector<std::int64_t>& position) const;

  bool alike_ = true;     // false: the traces are not of one kind, and nothing can be extrapolated
  AllocationTrace form_;  // the first trace; others have the same entries
  std::vector<std::vector<std::int64_t>> positions_;
  // Sizes that are equal in each known trace are stored as one quantity, with its values at
  // positions_. There are only a few.
  std::vector<std::vector<std::int64_t>> quantities_;
  std::vector<std::size_t> entries_;                   // the quantity of each entry
  std::vector<std::array<std::size_t, 5>> use_sizes_;  // the quantities of each use of an operation
  std::vector<Operation> operations_;                  // different ones
  std::vector<std::size_t> uses_;                      // the operation of each use
};

}  // namespace headroom
