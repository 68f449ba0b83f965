#include "headroom/config/model_paths.h"

#include "headroom/core/error.h"

#include "yaml_file.h"

#include <cstdlib>
#include <regex>
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
  return nullptr;
}

// ~ and $NAME or ${NAME}, as a shell takes them; a variable that is not set stays as it is.
std::string expanded(const std::string& text) {
  static const std::regex variable(R"(^~(?=/|$)|\$(\w+)|\$\{(\w+)\})");
  std::string result;
  auto rest = text.begin();
  for (std::sregex_iterator found(text.begin(), text.end(), variable), end; found != end; ++found) {
    const std::smatch& match = *found;
    const std::string name = match.length() == 1 ? "HOME" : match.str(1) + match.str(2);
    const char* const value = std::getenv(name.c_str());
    result.append(rest, match[0].first);
    result += value != nullptr ? value : match.str();
    rest = match[0].second;
  }
  return result.append(rest, text.end());
}

// A block of text is a folder a line.
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
