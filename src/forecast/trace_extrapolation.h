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

// What the allocation trace of one stage depends on, apart from the model and what stays the same
// in all of its dry runs.
struct TraceShape {
  // Allocation traces of equal kind ask for the same blocks in the same order...
  std::vector<std::int64_t> kind;
  // ...whose sizes, and those of the operations with a law, are affine in these quantities. Few of
  // them vary freely: what two have in common is found out by TraceExtrapolation.
  std::vector<std::int64_t> position;
};
// Of a stage after encode.
[[nodiscard]] TraceShape trace_shape(Stage stage, const ModelFolder& model,
                                     const NumberFormats& formats, const DryRunRequest& what);

// Allocation traces of one kind. An affine function is known everywhere between and beyond points
// where it is known, so a few dry runs answer for all sizes, exactly.
class TraceExtrapolation {
 public:
  // What a block takes, by its law.
  using Law = std::function<std::int64_t(const AllocationTrace::Operation&)>;

  // The allocation trace at `position`, or nothing when those that are known do not determine it.
  [[nodiscard]] std::optional<AllocationTrace> at(const std::vector<std::int64_t>& position,
                                                  const Law& law) const;
  // `allocations` was recorded at `position`, for which at() had no answer.
  void add(const std::vector<std::int64_t>& position, const AllocationTrace& allocations);

 private:
  struct Operation {
    std::uint8_t law = 0;
    std::int8_t dtype = 0;
    std::array<std::size_t, 5> sizes{};  // quantities
    friend bool operator==(const Operation&, const Operation&) = default;
  };

  [[nodiscard]] std::optional<std::vector<long double>> weights_at(
      const std::vector<std::int64_t>& position) const;

  bool alike_ = true;     // else the kind is not one, and nothing is known of it
  AllocationTrace form_;  // the first one
  std::vector<std::vector<std::int64_t>> positions_;
  // Sizes that are equal in each known allocation trace are one quantity, and there are few: its
  // values at positions_.
  std::vector<std::vector<std::int64_t>> quantities_;
  std::vector<std::size_t> entries_;                   // the quantity that each entry is
  std::vector<std::array<std::size_t, 5>> use_sizes_;  // those of each use of an operation
  std::vector<Operation> operations_;                  // different ones
  std::vector<std::size_t> uses_;                      // which of them each use is
};

}  // namespace headroom
