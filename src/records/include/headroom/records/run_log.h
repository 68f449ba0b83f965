#pragma once
#include "headroom/core/run_record.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// The run records of past runs: a file of run_record_line()s, oldest first, that several programs
// may use at the same time. Any thread.
class RunLog {
 public:
  static constexpr std::int64_t kMaxBytes = std::int64_t{4} << 20;

  // Touches nothing yet.
  explicit RunLog(std::filesystem::path file, std::int64_t most_bytes = kMaxBytes);

  // Adds a line, makes the folder when there is none, and drops the oldest lines when the file
  // would be larger than `most_bytes`. Throws Error{kIo} naming the file and the reason; the file
  // is as before then.
  void append(const RunRecord& run_record) const;

  // The newest `most` run records of the model called `model` (empty: of all), oldest first. Lines
  // that are no run records are skipped; without a file there are none. Throws Error{kIo} when a
  // file is there and cannot be read.
  [[nodiscard]] std::vector<RunRecord> read(std::string_view model = {},
                                            std::size_t most = static_cast<std::size_t>(-1)) const;

  [[nodiscard]] const std::filesystem::path& path() const { return file_; }

 private:
  std::filesystem::path file_;
  std::int64_t most_bytes_;
};

}  // namespace headroom
