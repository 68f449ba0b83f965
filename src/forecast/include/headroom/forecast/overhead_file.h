#pragma once
#include "headroom/device/device_backend.h"
#include "headroom/forecast/measured_rates.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace headroom {

// What a run was found to take of a card beside its tensors, in a file with an entry for each card,
// libtorch, version and number format. Nothing where there is no file, no such entry, or a damaged
// file.
[[nodiscard]] std::optional<CardOverhead> read_overhead(const std::filesystem::path& file,
                                                        const RatesKey& key);
// Keeps the entries of other keys. Throws Error{kIo}.
void write_overhead(const std::filesystem::path& file, const RatesKey& key,
                    const CardOverhead& overhead);

}  // namespace headroom
