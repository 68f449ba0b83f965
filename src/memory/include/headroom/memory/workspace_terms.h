#pragma once
#include <cstdint>
#include <span>

namespace headroom {

// Scratch memory that an operation was measured to take beyond what the program declares for it,
// as a linear function of the bytes that the operation reads and writes.
struct WorkspaceTerm {
  std::int64_t constant_bytes = 0;  // >= 0
  double factor = 0;                // >= 0, times the operation's own bytes
  // Whole bytes, rounded up.
  [[nodiscard]] std::int64_t of(std::int64_t operation_bytes) const;
  friend bool operator==(const WorkspaceTerm&, const WorkspaceTerm&) = default;
};

// What is known about one device's workspaces in one number format: what calibration found
// missing, and properties that the declared ones depend on. All zero: the declared workspaces are
// enough.
struct WorkspaceTerms {
  WorkspaceTerm linear, attention, conv2d;
  // Taken once by libraries and kept from then on, as cuBLAS keeps its workspace for each handle
  // and stream.
  std::int64_t kept_bytes = 0;
  // Multiprocessors of a GPU, whose fused attention splits the keys of few queries among them; 0:
  // it does not, or their number is not known.
  int multiprocessors = 0;
  friend bool operator==(const WorkspaceTerms&, const WorkspaceTerms&) = default;
};

// One measurement: how much was missing (<= 0: nothing) from the declared workspace.
struct WorkspaceSample {
  std::int64_t operation_bytes = 0;
  std::int64_t missing_bytes = 0;
};

// The line that lies on or above every sample with the least sum of distances: an upper envelope.
// It goes through samples, so that it adds nothing where nothing was missing.
[[nodiscard]] WorkspaceTerm upper_envelope(std::span<const WorkspaceSample> samples);

}  // namespace headroom
