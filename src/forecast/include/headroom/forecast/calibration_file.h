#pragma once
#include "headroom/forecast/calibration.h"

#include <filesystem>
#include <string>

namespace headroom {

// The calibration stored for a key; nothing to add when there is no file or no such key.
struct StoredCalibration {
  WorkspaceTerms terms;
  bool found = false;
  std::string problem;  // one sentence when the file is damaged; it is then ignored
};
// Reads the calibration for a key. Never throws for a bad file; see StoredCalibration::problem.
[[nodiscard]] StoredCalibration read_calibration(const std::filesystem::path& file,
                                                 const CalibrationKey& key);
// Stores a calibration in the file, replacing one with the same key and keeping others; a damaged
// file is replaced. Throws Error{kIo}.
void write_calibration(const std::filesystem::path& file, const Calibration& calibration);

}  // namespace headroom
