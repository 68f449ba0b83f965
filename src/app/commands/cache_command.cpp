#include "headroom/cli/exit_code.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/config/paths.h"
#include "headroom/core/bytes.h"
#include "headroom/core/quote.h"
#include "headroom/model_files/weight_cache.h"

#include "commands/commands.h"

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using Entries = std::vector<WeightCache::Entry>;

std::int64_t total_bytes(const Entries& entries) {
  std::int64_t bytes = 0;
  for (const WeightCache::Entry& entry : entries) bytes += entry.bytes;
  return bytes;
}

void print_json(const std::string& folder, const Entries& entries, bool cleared) {
  nlohmann::ordered_json out{{"folder", folder}, {"entries", nlohmann::ordered_json::array()}};
  for (const WeightCache::Entry& entry : entries) {
    out["entries"].push_back({{"network", entry.network},
                              {"format", entry.format},
                              {"bytes", entry.bytes},
                              {"usable", entry.holds},
                              {"unfinished", entry.unfinished},
                              {"file", entry.file.string()}});
  }
  out["total_bytes"] = total_bytes(entries);
  out["cleared"] = cleared;
  std::printf("%s\n", json_line(out).c_str());
}

void print_text(const WeightCache::Entry& entry) {
  const std::string bytes = format_bytes(entry.bytes);
  if (entry.unfinished) {
    std::printf("%10s  %-5s unfinished, of a run that was killed\n", bytes.c_str(), "");
    return;
  }
  std::printf("%10s  %-5s %s%s\n", bytes.c_str(), printable(entry.format).c_str(),
              entry.network.empty() ? "damaged" : printable(entry.network).c_str(),
              entry.holds ? "" : " (its files changed; removed when others are written)");
}

}  // namespace

int run_cache(const CommandLine& line) {
  const WeightCache cache(weight_cache_folder());
  const std::string folder = cache.folder().string();
  const Entries entries = line.clear ? cache.clear() : cache.entries();
  if (line.json) {
    print_json(folder, entries, line.clear);
    return kExitOk;
  }
  for (const WeightCache::Entry& entry : entries) print_text(entry);
  std::printf("%s%s in %s\n", line.clear ? "removed " : "",
              entries.empty() ? "nothing" : format_bytes(total_bytes(entries)).c_str(),
              printable(folder).c_str());
  return kExitOk;
}

}  // namespace headroom
