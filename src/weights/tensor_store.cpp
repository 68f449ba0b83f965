#include "headroom/weights/file_kind.h"

#include "config_file.h"
#include "foreign_packing.h"
#include "message.h"
#include "tensor_header.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

namespace headroom {
namespace {

// Real indexes are below 100 KB.
constexpr std::size_t kMaxIndexBytes = 16 * 1024 * 1024;

// A file name and nothing else: an index must not lead out of its folder. The file itself may be a
// symbolic link, as all files in the Hugging Face cache are.
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

// Opens every shard that the index names and finds every tensor that it lists.
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

// " (but x.gguf, which cannot be read)": what the folder holds in the place of what is looked for.
Message other_weights(const std::filesystem::path& folder) {
  constexpr std::array<std::string_view, 8> kEndings{".gguf", ".bin",  ".pt",      ".pth",
                                                     ".ckpt", ".onnx", ".msgpack", ".sft"};
  constexpr std::array<std::string_view, 4> kUnfinished{".incomplete", ".aria2", ".part",
                                                        ".crdownload"};
  std::set<std::string> names;  // the same sentence whatever the order on the disk
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    names.insert(entry.path().filename().string());
  }
  const auto ends = [](const std::string& name, const auto& endings) {
    return std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view ending) { return name.ends_with(ending); });
  };
  for (const std::string& name : names) {
    if (ends(name, kUnfinished)) return say(" (but {0}, an unfinished download)", printable(name));
  }
  for (const std::string& name : names) {
    if (name.ends_with(".safetensors")) {
      return say(" (but {0}: rename it if it is the model's)", printable(name));
    }
    if (ends(name, kEndings)) return say(" (but {0}, which cannot be read)", printable(name));
  }
  return {};
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

}  // namespace

std::map<std::string, std::string> read_shard_index(const std::filesystem::path& index) {
  return open_shards(index).index;
}

TensorStore::TensorStore(const std::filesystem::path& folder, std::string_view stem)
    : folder_(folder) {
  const std::string file_name = std::string(stem) + ".safetensors";
  const std::filesystem::path single = folder / file_name;
  const std::filesystem::path index = folder / (file_name + ".index.json");
  if (is_there(single)) {
    paths_.push_back(single);
    files_.emplace_back(single);
    for (const auto& [name, view] : files_.front().tensors()) {
      entries_.emplace_hint(entries_.end(), name, Entry{view, 0});
    }
  } else if (is_there(index)) {
    Shards shards = open_shards(index);
    for (const auto& [name, file] : shards.index) {
      const std::size_t id = shards.ids.at(file);
      entries_.emplace_hint(entries_.end(), name,
                            Entry{shards.files[id].tensors().find(name)->second, id});
    }
    paths_ = std::move(shards.paths);
    files_ = std::move(shards.files);
  } else {
    fail_model_file(folder,
                    say("holds neither {0} nor {0}.index.json{1}; download the model's weights "
                        "again",
                        file_name, other_weights(folder)));
  }
}

const TensorView& TensorStore::at(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    fail_model_file(paths_.size() == 1 ? paths_.front() : folder_,
                    say("tensor {0} is missing{1}; download the model again or choose another one",
                        name, misplaced()));
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

// ", since here is a LoRA in the place of the transformer": where the folder's name asks for
// something else.
Message TensorStore::misplaced() const {
  const FileKind found = kind();
  const std::string part = folder_.filename().string();
  const bool belongs = (part == "transformer" && found.kind == WeightKind::kTransformer) ||
                       (part == "text_encoder" && found.kind == WeightKind::kTextEncoder) ||
                       (part == "vae" && found.kind == WeightKind::kDecoder);
  if (belongs || found.what.empty()) return {};
  return say(", since here is {0} in the place of the {1}",
             Message("weights.part", "{0}", {found.what}), printable(part));
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

std::string TensorStore::quantisation() const {
  struct Sign {
    std::string_view part;  // of a tensor's name
    const char* method;
  };
  constexpr std::array<Sign, 4> kSigns{{{"scaled_fp8", "scaled fp8"},
                                        {".scale_weight", "scaled fp8"},
                                        {".comfy_quant", "ComfyUI's formats"},
                                        {".weight_scale", "fp8 or int8 with scales"}}};
  std::vector<std::string_view> names;
  names.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) names.push_back(name);
  for (const TensorFile& file : files_) {
    if (std::string packing = foreign_packing(names, file.metadata()); !packing.empty()) {
      return packing;
    }
  }
  for (const Sign& sign : kSigns) {
    for (const std::string_view name : names) {
      if (name.find(sign.part) != std::string_view::npos) return sign.method;
    }
  }
  for (const auto& [name, entry] : entries_) {
    if (dtype_values(entry.view.dtype) != 1) {
      return "GGUF's " + std::string(dtype_name(entry.view.dtype));
    }
  }
  return {};
}

std::int64_t TensorStore::total_bytes() const {
  std::int64_t total = 0;
  for (const auto& [name, entry] : entries_) {
    total += static_cast<std::int64_t>(entry.view.data.size());
  }
  return total;
}

}  // namespace headroom
