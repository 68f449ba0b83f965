#pragma once
#include "headroom/core/plan.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// A receipt with its plan, as one line of JSON: {"plan": ..., and what pictures carry as
// "receipt"}. The prompt is not in it.
[[nodiscard]] std::string receipt_line(const Receipt& receipt);
// Nothing when `line` was not written by receipt_line(), or is damaged. Of another version, fields
// that are missing, null or of another kind take their defaults, and rungs that cannot be read are
// "unknown".
[[nodiscard]] std::optional<Receipt> read_receipt_line(std::string_view line);

// The receipts of past runs: a file of such lines, oldest first, that several programs may use at
// the same time. Any thread.
class ReceiptFile {
 public:
  static constexpr std::int64_t kMostBytes = std::int64_t{4} << 20;

  // Touches nothing yet.
  explicit ReceiptFile(std::filesystem::path file, std::int64_t most_bytes = kMostBytes);

  // Adds a line, makes the folder when there is none, and drops the oldest lines when the file
  // would be larger than `most_bytes`. Throws Error{kIo} naming the file and the reason; the file
  // is as before then.
  void append(const Receipt& receipt) const;

  // The newest `most` receipts of the model called `model` (empty: of all), oldest first. Lines
  // that are no receipts are skipped; without a file there are none. Throws Error{kIo} when a file
  // is there and cannot be read.
  [[nodiscard]] std::vector<Receipt> read(std::string_view model = {},
                                          std::size_t most = static_cast<std::size_t>(-1)) const;

  [[nodiscard]] const std::filesystem::path& path() const { return file_; }

 private:
  std::filesystem::path file_;
  std::int64_t most_bytes_;
};

}  // namespace headroom
