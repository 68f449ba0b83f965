#pragma once
#include <cstdint>
#include <span>

namespace headroom {

// What an operation was measured to take for itself beyond what the program declares for it, as a
// line over the operation's size: the bytes that it reads and writes.
struct WorkspaceTerm {
  std::int64_t constant_bytes = 0;  // >= 0
  double factor = 0;                // >= 0, of the operation's own bytes
  // In whole bytes, rounded up.
  [[nodiscard]] std::int64_t of(std::int64_t operation_bytes) const;
  friend bool operator==(const WorkspaceTerm&, const WorkspaceTerm&) = default;
};

// What is known of one device's workspaces in one number format: what calibration found to be
// missing, and what the declared ones depend on. All zero: the declared workspaces are enough.
struct WorkspaceTerms {
  WorkspaceTerm linear, attention, conv2d;
  // Taken once by the libraries under the operations and kept from then on, as cuBLAS keeps its
  // workspace for each handle and stream.
  std::int64_t kept_bytes = 0;
  // Of a card whose fused attention splits few queries' keys among them; 0: it does not, or they
  // are not known.
  int multiprocessors = 0;
  friend bool operator==(const WorkspaceTerms&, const WorkspaceTerms&) = default;
};

// One measurement: what was missing (<= 0: nothing) from the workspace that was declared.
struct WorkspaceSample {
  std::int64_t operation_bytes = 0;
  std::int64_t missing_bytes = 0;
};

// The line that lies on or above every sample and exceeds them least in sum: an upper envelope. A
// line that goes through samples, so that nothing is added where nothing was missing.
[[nodiscard]] WorkspaceTerm upper_envelope(std::span<const WorkspaceSample> samples);

}  // namespace headroom
