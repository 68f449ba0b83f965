#include "headroom/core/state_file.h"
#include "headroom/pipeline/card_overhead.h"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Entry = std::pair<RatesKey, std::int64_t>;

// All of the file; nothing of one that is damaged: the next run measures it again.
std::vector<Entry> read_entries(const std::filesystem::path& file) {
  std::vector<Entry> entries;
  try {
    const json root = json::parse(read_state_file(file));
    for (const json& value : root.at("cards")) {
      const auto bytes = value.at("overhead_bytes").get<std::int64_t>();
      if (bytes < 0) return {};
      entries.emplace_back(
          RatesKey{value.at("device").get<std::string>(), value.at("libtorch").get<std::string>(),
                   value.at("program").get<std::string>(), value.at("dtype").get<std::string>(), 0},
          bytes);
    }
  } catch (const json::exception&) {
    return {};
  }
  return entries;
}

}  // namespace

std::optional<std::int64_t> read_overhead(const std::filesystem::path& file, const RatesKey& key) {
  for (const auto& [known, bytes] : read_entries(file)) {
    if (known == key) return bytes;
  }
  return std::nullopt;
}

void write_overhead(const std::filesystem::path& file, const RatesKey& key, std::int64_t bytes) {
  std::vector<Entry> entries = read_entries(file);
  std::erase_if(entries, [&](const Entry& entry) { return entry.first == key; });
  entries.emplace_back(key, bytes);
  ordered_json out{{"cards", ordered_json::array()}};
  for (const auto& [known, value] : entries) {
    out["cards"].push_back({{"device", known.device},
                            {"libtorch", known.libtorch},
                            {"program", known.program},
                            {"dtype", known.dtype},
                            {"overhead_bytes", value}});
  }
  write_state_file(file, out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n",
                   "store", "until then more of the card is kept free");
}

}  // namespace headroom
