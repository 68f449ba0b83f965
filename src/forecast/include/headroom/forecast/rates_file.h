#pragma once
#include "headroom/forecast/measured_rates.h"

#include <filesystem>
#include <optional>

namespace headroom {

// The rates stored for a key; nothing when the file or key is missing or the file damaged.
[[nodiscard]] std::optional<DeviceRates> read_rates(const std::filesystem::path& file,
                                                    const RatesKey& key);
// Stores rates and keeps those of other keys. Throws Error{kIo}.
void write_rates(const std::filesystem::path& file, const RatesKey& key, const DeviceRates& rates);
// Removes them, so that the device is measured again at the next start. Throws Error{kIo}.
void forget_rates(const std::filesystem::path& file, const RatesKey& key);

}  // namespace headroom
