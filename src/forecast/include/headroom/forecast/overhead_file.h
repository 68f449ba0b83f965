#pragma once
#include "headroom/device/device_backend.h"
#include "headroom/forecast/measured_rates.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace headroom {

// What earlier runs were found to take on a GPU beside their tensors. The file has an entry for
// each GPU, libtorch, version and number format. Nothing when the file or entry is missing or
// damaged.
[[nodiscard]] std::optional<CardOverhead> read_overhead(const std::filesystem::path& file,
                                                        const RatesKey& key);
// Stores an entry and keeps those of other keys. Throws Error{kIo}.
void write_overhead(const std::filesystem::path& file, const RatesKey& key,
                    const CardOverhead& overhead);

}  // namespace headroom
