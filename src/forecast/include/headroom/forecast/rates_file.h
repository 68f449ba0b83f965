#pragma once
#include "headroom/forecast/measured_rates.h"

#include <filesystem>
#include <optional>

namespace headroom {

// What is stored for a key; nothing where there is no file, no such key, or a damaged file.
[[nodiscard]] std::optional<DeviceRates> read_rates(const std::filesystem::path& file,
                                                    const RatesKey& key);
// Keeps the rates of other keys. Throws Error{kIo}.
void write_rates(const std::filesystem::path& file, const RatesKey& key, const DeviceRates& rates);
// The device is measured anew at the next start. Throws Error{kIo}.
void forget_rates(const std::filesystem::path& file, const RatesKey& key);

}  // namespace headroom
