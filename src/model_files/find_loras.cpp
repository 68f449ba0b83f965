#include "headroom/model_files/find_loras.h"

#include "headroom/core/error.h"
#include "headroom/core/lower_case.h"
#include "headroom/core/nearest_name.h"
#include "headroom/core/quote.h"
#include "headroom/weights/on_disk.h"

#include <algorithm>
#include <set>

namespace headroom {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kEnding = ".safetensors";

// LoRAs below a folder, by their path in it without the extension.
std::set<std::string> names_below(const fs::path& folder) {
  constexpr std::size_t kMaxFiles = 5000;  // limits how long the search takes
  constexpr int kDepth = 4;
  std::set<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator walk(folder, fs::directory_options::skip_permission_denied,
                                        error);
  const fs::recursive_directory_iterator end;
  for (; walk != end && !error && names.size() < kMaxFiles; walk.increment(error)) {
    std::error_code unreadable;
    if (walk.depth() >= kDepth) walk.disable_recursion_pending();
    if (!walk->is_regular_file(unreadable)) continue;
    std::string name = walk->path().lexically_relative(folder).generic_string();
    if (!lower_ascii(name).ends_with(kEnding)) continue;
    name.resize(name.size() - kEnding.size());
    names.insert(std::move(name));
  }
  return names;
}

std::string without_ending(const std::string& name) {
  return lower_ascii(name).ends_with(kEnding) ? name.substr(0, name.size() - kEnding.size()) : name;
}

// The names that `name` means: itself, or else all that end with it.
std::vector<std::string> matches(const std::string& name, const std::set<std::string>& names) {
  if (names.contains(name)) return {name};
  std::vector<std::string> found;
  for (const std::string& one : names) {
    if (one.ends_with("/" + name)) found.push_back(one);
  }
  return found;
}

fs::path file_named(const fs::path& folder, const std::string& name) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator((folder / name).parent_path(), error)) {
    const std::string file = entry.path().filename().string();
    if (without_ending(file) != file && without_ending(file) == fs::path(name).filename()) {
      return entry.path();
    }
  }
  return folder / (name + std::string(kEnding));
}

Message list_of(std::span<const fs::path> folders) {
  std::string text;
  for (const fs::path& folder : folders) {
    text += (text.empty() ? "" : ", ") + printable(folder.string());
  }
  return text;
}

}  // namespace

std::vector<fs::path> lora_folders_around(const ModelFolder& model) {
  std::vector<fs::path> folders;
  const auto add = [&](const fs::path& folder) {
    if (std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.push_back(folder);
    }
  };
  std::error_code error;
  const fs::path root = fs::absolute(model.root, error).lexically_normal();
  const fs::path own = is_folder(root) ? root : root.parent_path();
  add(own / "loras");
  add(own.parent_path() / "loras");
  // People sort their files into subfolders, so the shelf in a program's tree may be some levels
  // up.
  constexpr int kAbove = 4;
  fs::path folder = fs::absolute(model.parts.transformer, error).lexically_normal();
  for (int i = 0; i < kAbove && folder.has_relative_path(); ++i) {
    folder = folder.parent_path();
    const std::string name = lower_ascii(folder.filename().string());
    for (const char* const shelf :
         {"diffusion_models", "unet", "checkpoints", "stable-diffusion"}) {
      if (name != shelf) continue;
      add(folder.parent_path() / "loras");
      add(folder.parent_path() / "Lora");
    }
  }
  return folders;
}

std::vector<LoraPlace> list_loras(std::span<const fs::path> folders) {
  std::vector<LoraPlace> found;
  std::set<fs::path> seen;
  for (const fs::path& folder : folders) {
    for (const std::string& name : names_below(folder)) {
      LoraPlace place{name, file_named(folder, name)};
      std::error_code error;
      const fs::path same = fs::weakly_canonical(place.file, error);
      if (seen.insert(error ? place.file : same).second) found.push_back(std::move(place));
    }
  }
  return found;
}

fs::path find_lora(const std::string& name, std::span<const fs::path> folders) {
  const std::string wanted = without_ending(name);
  std::vector<std::string> known;
  for (const fs::path& folder : folders) {
    const std::set<std::string> names = names_below(folder);
    const std::vector<std::string> found = matches(wanted, names);
    if (found.size() > 1) {
      throw Error(ErrorKind::kInvalidRequest,
                  say("the LoRA {0} may be {1} or {2} in {3}; say which by its folder",
                      in_quotes(wanted), printable(found[0]), printable(found[1]), folder));
    }
    if (!found.empty()) return file_named(folder, found.front());
    for (const std::string& one : names) known.push_back(printable(one));
  }
  if (known.empty()) {
    throw Error(ErrorKind::kInvalidRequest,
                say("the LoRA {0} is not there; put its .safetensors file into one of {1}",
                    in_quotes(wanted), list_of(folders)));
  }
  constexpr std::size_t kMaxListed = 10;
  std::string nearest = nearest_name(wanted, known);
  if (nearest.empty()) {  // compare file names only, whatever folder they are in
    for (const std::string& one : known) {
      const std::string last = one.substr(one.rfind('/') + 1);
      if (!nearest_name(wanted, {last}).empty()) nearest = one;
    }
  }
  known.resize(std::min(known.size(), kMaxListed));
  const Message hint =
      nearest.empty() ? suggest(wanted, known) : say(" (did you mean {0}?)", nearest);
  throw Error(ErrorKind::kInvalidRequest,
              say("the LoRA {0} is not in {1}{2}", in_quotes(wanted), list_of(folders), hint));
}

}  // namespace headroom
