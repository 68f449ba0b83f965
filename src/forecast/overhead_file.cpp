#include "headroom/forecast/overhead_file.h"

#include "headroom/core/bytes.h"
#include "headroom/core/state_file.h"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Entry = std::pair<RatesKey, CardOverhead>;

// Reads the whole file; nothing if it is damaged, since the next run measures again.
std::vector<Entry> read_entries(const std::filesystem::path& file) {
  std::vector<Entry> entries;
  try {
    const json root = json::parse(read_state_file(file));
    for (const json& value : root.at("cards")) {
      const CardOverhead overhead{value.at("context_bytes").get<std::int64_t>(),
                                  value.at("loaded_bytes").get<std::int64_t>()};
      const auto makes_sense = [](std::int64_t bytes) { return bytes >= 0 && bytes <= kGiB; };
      if (!makes_sense(overhead.context) || !makes_sense(overhead.loaded)) return {};
      entries.emplace_back(
          RatesKey{value.at("device").get<std::string>(), value.at("libtorch").get<std::string>(),
                   value.at("program").get<std::string>(), value.at("dtype").get<std::string>(), 0},
          overhead);
    }
  } catch (const json::exception&) {
    return {};
  }
  return entries;
}

}  // namespace

std::optional<CardOverhead> read_overhead(const std::filesystem::path& file, const RatesKey& key) {
  for (const auto& [known, overhead] : read_entries(file)) {
    if (known == key) return overhead;
  }
  return std::nullopt;
}

void write_overhead(const std::filesystem::path& file, const RatesKey& key,
                    const CardOverhead& overhead) {
  std::vector<Entry> entries = read_entries(file);
  std::erase_if(entries, [&](const Entry& entry) { return entry.first == key; });
  entries.emplace_back(key, overhead);
  ordered_json out{{"cards", ordered_json::array()}};
  for (const auto& [known, value] : entries) {
    out["cards"].push_back({{"device", known.device},
                            {"libtorch", known.libtorch},
                            {"program", known.program},
                            {"dtype", known.dtype},
                            {"context_bytes", value.context},
                            {"loaded_bytes", value.loaded}});
  }
  write_state_file(file, out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n",
                   "store", "until then more of the card is kept free");
}

}  // namespace headroom
