#include "headroom/weights/config_file.h"
#include "headroom/weights/file_kind.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/tensor_header.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <system_error>
#include <utility>

namespace headroom {
namespace {

// Real indexes are below 100 KB.
constexpr std::size_t kMaxIndexBytes = 16 * 1024 * 1024;

// A file name without a folder, since an index must not lead out of its own. The file itself may
// be a symbolic link, as all files in the Hugging Face cache are.
bool is_plain_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

std::map<std::string, std::string> parse_shard_index(const std::filesystem::path& index) {
  const nlohmann::json json = read_json_object(index, kMaxIndexBytes);
  const auto map = json.find("weight_map");
  if (map == json.end() || !map->is_object()) {
    fail_model_file(index, say("has no weight_map that lists the tensors' files; download the file "
                               "again"));
  }
  std::map<std::string, std::string> result;
  for (const auto& [name, value] : map->items()) {
    const auto* file = value.get_ptr<const std::string*>();
    if (file == nullptr || !is_plain_file_name(*file)) {
      fail_model_file(index,
                      say("tensor {0} should be in the file {1}, but only a plain file name in "
                          "the same folder is allowed; download the file from a source that "
                          "you trust",
                          in_quotes(name), shown(value)));
    }
    result.emplace(name, *file);
  }
  return result;
}

struct Shards {
  std::map<std::string, std::string> index;             // tensor -> file name
  std::map<std::string, std::size_t, std::less<>> ids;  // file name -> position in the lists below
  std::vector<std::filesystem::path> paths;
  std::vector<TensorFile> files;
};

// Opens every shard that the index names and looks up every tensor that it lists.
Shards open_shards(const std::filesystem::path& index) {
  Shards shards;
  shards.index = parse_shard_index(index);
  for (const auto& [name, file] : shards.index) {
    const auto [position, is_new] = shards.ids.emplace(file, shards.files.size());
    if (is_new) {
      shards.paths.push_back(index.parent_path() / file);
      shards.files.emplace_back(shards.paths.back());
    }
    if (!shards.files[position->second].tensors().contains(name)) {
      fail_model_file(index,
                      say("tensor {0} is not in {1}, where it should be; download both files "
                          "again",
                          in_quotes(name), in_quotes(file)));
    }
  }
  return shards;
}

bool ends_with_one_of(const std::string& name, std::span<const std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

// Sorted, so that the order does not depend on the disk.
std::set<std::string> file_names(const std::filesystem::path& folder) {
  std::set<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    std::error_code unreadable;
    if (!entry.is_directory(unreadable)) names.insert(entry.path().filename().string());
  }
  return names;
}

// " (but x.ckpt, which cannot be read)": other weight files in the folder.
Message other_weights(const std::set<std::string>& names) {
  constexpr std::array<std::string_view, 6> kEndings{".bin",  ".pt",   ".pth",
                                                     ".ckpt", ".onnx", ".msgpack"};
  constexpr std::array<std::string_view, 4> kUnfinished{".incomplete", ".aria2", ".part",
                                                        ".crdownload"};
  for (const std::string& name : names) {
    if (ends_with_one_of(name, kUnfinished)) {
      return say(" (but {0}, an unfinished download)", printable(name));
    }
  }
  for (const std::string& name : names) {
    if (ends_with_one_of(name, kEndings)) {
      return say(" (but {0}, which cannot be read)", printable(name));
    }
  }
  return {};
}

// The only file with such an extension, or nothing; several are refused, since only the user knows
// which one is meant.
std::optional<std::string> only_one(const std::filesystem::path& folder,
                                    const std::set<std::string>& names,
                                    std::span<const std::string_view> endings) {
  std::optional<std::string> found;
  for (const std::string& name : names) {
    if (!ends_with_one_of(name, endings)) continue;
    if (found) {
      fail_model_file(folder, say("holds {0} and {1}, and nothing says which is meant; leave one "
                                  "of them there, or choose one by its path",
                                  printable(*found), printable(name)));
    }
    found = name;
  }
  return found;
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

}  // namespace

std::map<std::string, std::string> read_shard_index(const std::filesystem::path& index) {
  return open_shards(index).index;
}

TensorStore::TensorStore(const std::filesystem::path& file) : origin_(file) { take(file); }

TensorStore::TensorStore(const std::filesystem::path& folder, std::string_view stem)
    : origin_(folder) {
  constexpr std::array<std::string_view, 1> kIndexes{".safetensors.index.json"};
  constexpr std::array<std::string_view, 3> kFiles{".safetensors", ".sft", ".gguf"};
  const std::string file_name = std::string(stem) + ".safetensors";
  const std::filesystem::path index = folder / (file_name + ".index.json");
  if (is_there(folder / file_name)) {
    take(folder / file_name);
    return;
  }
  if (is_there(index)) {
    take_shards(index);
    return;
  }
  const std::set<std::string> names = file_names(folder);
  if (const auto other = only_one(folder, names, kIndexes)) {
    take_shards(folder / *other);
    return;
  }
  if (const auto other = only_one(folder, names, kFiles)) {
    take(folder / *other);
    return;
  }
  fail_model_file(folder,
                  say("holds neither {0} nor {0}.index.json{1}; download the model's weights "
                      "again",
                      file_name, other_weights(names)));
}

void TensorStore::take(const std::filesystem::path& file) {
  paths_.push_back(file);
  files_.emplace_back(file);
  for (const auto& [name, view] : files_.front().tensors()) {
    entries_.emplace_hint(entries_.end(), name, Entry{view, 0});
  }
}

void TensorStore::take_shards(const std::filesystem::path& index) {
  Shards shards = open_shards(index);
  for (const auto& [name, file] : shards.index) {
    const std::size_t id = shards.ids.at(file);
    entries_.emplace_hint(entries_.end(), name,
                          Entry{shards.files[id].tensors().find(name)->second, id});
  }
  paths_ = std::move(shards.paths);
  files_ = std::move(shards.files);
}

void TensorStore::keep_only(const std::string& prefix) {
  part_ = prefix;
  std::erase_if(entries_, [&](const auto& entry) { return !entry.first.starts_with(prefix); });
}

const TensorView& TensorStore::at(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    fail_model_file(
        place(),
        say("tensor {0} is missing; download the model again or choose another one", name));
  }
  return found->second.view;
}

bool TensorStore::contains(std::string_view name) const { return entries_.contains(name); }

std::vector<std::string> TensorStore::names() const {
  std::vector<std::string> result;
  result.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) result.push_back(name);
  return result;
}

const std::filesystem::path& TensorStore::file_of(std::string_view name) const {
  (void)at(name);  // throws when it is missing
  return paths_[entries_.find(name)->second.file];
}

FileKind TensorStore::kind() const {
  std::vector<std::string_view> names;
  names.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) names.push_back(name);
  if (files_.empty()) return tell_kind(names, {}, Container::kSafetensors);
  return tell_kind(names, files_.front().metadata(), files_.front().container());
}

std::map<std::string, TensorView, std::less<>> TensorStore::views() const {
  std::map<std::string, TensorView, std::less<>> views;
  for (const auto& [name, entry] : entries_) views.emplace_hint(views.end(), name, entry.view);
  return views;
}

std::map<std::string, std::string> TensorStore::metadata() const {
  std::map<std::string, std::string> all;
  for (const TensorFile& file : files_) all.insert(file.metadata().begin(), file.metadata().end());
  return all;
}

const TensorFile& TensorStore::opened_file_of(std::string_view name) const {
  (void)at(name);
  return files_[entries_.find(name)->second.file];
}

std::vector<FileStamp> TensorStore::stamps() const {
  std::vector<FileStamp> result;
  for (const TensorFile& file : files_) result.push_back(file.stamp());
  return result;
}

void TensorStore::expect(std::string_view prefix) const {
  for (const TensorFile& file : files_) file.expect(prefix);
}

std::int64_t TensorStore::total_bytes() const {
  std::int64_t total = 0;
  for (const auto& [name, entry] : entries_) {
    total += static_cast<std::int64_t>(entry.view.data.size());
  }
  return total;
}

}  // namespace headroom
