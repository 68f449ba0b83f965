#pragma once
#include "headroom/forecast/calibration.h"

#include <filesystem>
#include <string>

namespace headroom {

// What is stored for a key: nothing to add when there is no file or no such key in it.
struct StoredCalibration {
  WorkspaceTerms terms;
  bool found = false;
  std::string problem;  // one sentence when the file is damaged, which is then ignored
};
[[nodiscard]] StoredCalibration read_calibration(const std::filesystem::path& file,
                                                 const CalibrationKey& key);
// Puts a calibration into the file in place of one with the same key, keeping the others; a damaged
// file is replaced. Throws Error{kIo}.
void write_calibration(const std::filesystem::path& file, const Calibration& calibration);

}  // namespace headroom
