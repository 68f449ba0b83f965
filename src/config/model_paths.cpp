#include "headroom/config/model_paths.h"

#include "headroom/core/error.h"

#include "yaml_file.h"

#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

namespace headroom {
namespace {

namespace fs = std::filesystem;

using Shelf = std::vector<fs::path> ModelShelves::*;

Shelf shelf_of(std::string_view kind) {
  if (kind == "diffusion_models" || kind == "unet" || kind == "checkpoints")
    return &ModelShelves::transformers;
  if (kind == "text_encoders" || kind == "clip") return &ModelShelves::text_encoders;
  if (kind == "vae") return &ModelShelves::vaes;
  if (kind == "loras") return &ModelShelves::loras;
  if (kind == "upscale_models") return &ModelShelves::upscalers;
  if (kind == "vae_approx") return &ModelShelves::preview_decoders;
  return nullptr;
}

// Expands ~ and $NAME or ${NAME} as a shell does; a variable that is not set stays as it is.
std::string expanded(std::string_view text) {
  constexpr std::string_view kName =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  std::string result;
  const auto take = [&](std::size_t length, std::string_view name) {
    const char* const value = std::getenv(std::string(name).c_str());
    result += value != nullptr ? std::string_view(value) : text.substr(0, length);
    text.remove_prefix(length);
  };
  if (text == "~" || text.starts_with("~/")) take(1, "HOME");
  while (!text.empty()) {
    const bool is_braced = text.starts_with("${");
    const std::string_view rest = text.substr(is_braced ? 2 : 1);
    const std::string_view name = rest.substr(0, rest.find_first_not_of(kName));
    const bool is_whole = !is_braced || rest.substr(name.size()).starts_with('}');
    if (text.front() == '$' && !name.empty() && is_whole) {
      take(name.size() + (is_braced ? 3 : 1), name);
    } else {
      result += text.front();
      text.remove_prefix(1);
    }
  }
  return result;
}

// A block of text has one folder per line.
std::vector<std::string> folders_in(const std::string& value) {
  std::vector<std::string> folders;
  std::istringstream lines(value);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos) continue;
    folders.push_back(line.substr(first, line.find_last_not_of(" \t\r") - first + 1));
  }
  return folders;
}

[[noreturn]] void refuse(const fs::path& file, const YAML::Node& node) {
  throw Error(ErrorKind::kConfig,
              say("{0}: sections with folders below them are wanted here, as in ComfyUI's "
                  "extra_model_paths.yaml.example",
                  file.string() + ":" + std::to_string(node.Mark().line + 1)));
}

}  // namespace

ModelShelves read_model_paths(const fs::path& file) {
  const YAML::Node document = read_yaml_file(file, "ComfyUI's extra_model_paths.yaml.example");
  ModelShelves shelves;
  if (document.IsNull()) return shelves;
  if (!document.IsMap()) refuse(file, document);
  std::error_code error;
  const fs::path around = fs::absolute(file, error).parent_path();
  for (const auto& section : document) {
    if (section.second.IsNull()) continue;
    if (!section.second.IsMap()) refuse(file, section.second);
    fs::path base = around;
    if (const YAML::Node given = section.second["base_path"]; given && given.IsScalar())
      base /= expanded(given.Scalar());
    for (const auto& entry : section.second) {
      const Shelf shelf = entry.first.IsScalar() ? shelf_of(entry.first.Scalar()) : nullptr;
      if (shelf == nullptr || entry.second.IsNull()) continue;
      if (!entry.second.IsScalar()) refuse(file, entry.second);
      for (const std::string& folder : folders_in(entry.second.Scalar()))
        (shelves.*shelf).push_back((base / folder).lexically_normal());
    }
  }
  return shelves;
}

}  // namespace headroom
