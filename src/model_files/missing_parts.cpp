#include "missing_parts.h"

#include "headroom/core/lower_case.h"
#include "headroom/weights/config_file.h"
#include "headroom/weights/network_tensors.h"
#include "headroom/weights/on_disk.h"

#include "part_finder.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace headroom {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::pair<const char*, Network>, 3> kNetworkFolders{
    {{"transformer", Network::kTransformer},
     {"text_encoder", Network::kTextEncoder},
     {"vae", Network::kVae}}};

// Whether all files that its index names exist; an unreadable index counts as complete.
bool has_all_shards(const fs::path& folder, Network network) {
  const std::string file = std::string(weights_stem(network)) + ".safetensors";
  const fs::path index = folder / (file + ".index.json");
  if (is_there(folder / file) || !is_there(index)) return true;
  try {
    const ConfigFile json(index);
    const nlohmann::json* const map = json.find("weight_map");
    return map == nullptr ||
           std::all_of(map->begin(), map->end(), [&](const nlohmann::json& shard) {
             return !shard.is_string() || is_there(folder / shard.get<std::string>());
           });
  } catch (const Error&) {
    return true;  // opening it will report what is wrong
  }
}

// Quotes a word for a shell's command line.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

}  // namespace

std::vector<std::string> missing_in(const fs::path& root) {
  std::vector<std::string> missing;
  for (const auto& [name, network] : kNetworkFolders) {
    if (!has_weights(root / name) || !has_all_shards(root / name, network))
      missing.emplace_back(name);
  }
  if (!is_there(root / "tokenizer" / "tokenizer.json")) missing.emplace_back("tokenizer");
  return missing;
}

std::int64_t weight_bytes_in(const fs::path& root) {
  std::int64_t all = 0;
  for (const auto& [name, network] : kNetworkFolders) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root / name, error)) {
      const std::string ending = lower_ascii(entry.path().extension().string());
      if (ending != ".safetensors" && ending != ".gguf") continue;
      std::error_code unreadable;
      const auto bytes = fs::file_size(entry.path(), unreadable);
      if (!unreadable) all += static_cast<std::int64_t>(bytes);
    }
  }
  return all;
}

Message say_parts(const std::vector<std::string>& parts) {
  std::vector<Message> names;
  for (const std::string& part : parts) {
    const auto* const network =
        std::find_if(kNetworkFolders.begin(), kNetworkFolders.end(),
                     [&](const auto& entry) { return entry.first == part; });
    names.push_back(network == kNetworkFolders.end() ? say("the tokenizer")
                                                     : say_network(network->second));
  }
  return say_list(names);
}

std::string command_for(const std::string& repository, const std::vector<std::string>& parts,
                        const fs::path& folder) {
  std::string command = "hf download " + repository + " --include";
  for (const std::string& part : parts) command += " '" + part + "/*'";
  if (!folder.empty()) command += " --local-dir " + quoted(folder.string());
  return command;
}

}  // namespace headroom
