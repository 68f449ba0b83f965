#pragma once
#include "headroom/core/run_record.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// The records of past runs, in a file of run_record_line()s, oldest first. Several programs may
// use the file at the same time. May be used from any thread.
class RunLog {
 public:
  static constexpr std::int64_t kMaxBytes = std::int64_t{4} << 20;

  // Does not touch the file yet.
  explicit RunLog(std::filesystem::path file, std::int64_t most_bytes = kMaxBytes);

  // Appends a line. Makes the folder if necessary, and drops the oldest lines when the file would
  // exceed `most_bytes`. Throws Error{kIo} naming the file and the reason; the file is then
  // unchanged.
  void append(const RunRecord& run_record) const;

  // The newest `most` records of the model called `model` (empty: of all models), oldest first.
  // Lines that are not run records are skipped; without a file there are none. Throws Error{kIo}
  // when the file exists but cannot be read.
  [[nodiscard]] std::vector<RunRecord> read(std::string_view model = {},
                                            std::size_t most = static_cast<std::size_t>(-1)) const;

  // The newest `most` records of runs that only enlarged a picture, oldest first; else the same.
  [[nodiscard]] std::vector<RunRecord> read_enlarged(std::size_t most) const;

  [[nodiscard]] const std::filesystem::path& path() const { return file_; }

 private:
  using IsWanted = std::function<bool(const RunRecord&)>;
  [[nodiscard]] std::vector<RunRecord> read_with(std::string_view mark, const IsWanted& is_wanted,
                                                 std::size_t most) const;

  std::filesystem::path file_;
  std::int64_t most_bytes_;
};

}  // namespace headroom
