#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headroom {

inline constexpr std::int64_t kKiB = 1024;
inline constexpr std::int64_t kMiB = 1024 * kKiB;
inline constexpr std::int64_t kGiB = 1024 * kMiB;

// "5.1 GB" (binary units, as graphics drivers and card names use them); below 1 GiB "312 MB".
[[nodiscard]] std::string format_bytes(std::int64_t bytes);

// Reads "6G", "512M", "6.5 GB", "800MiB", "1073741824" (binary units; a bare number is bytes).
// Nothing if the text is anything else, negative, or too large for an int64.
[[nodiscard]] std::optional<std::int64_t> parse_bytes(std::string_view text);

}  // namespace headroom
