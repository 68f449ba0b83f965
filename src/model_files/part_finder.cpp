#include "part_finder.h"

#include "headroom/core/lower_case.h"
#include "headroom/model_files/find_models.h"
#include "headroom/weights/file_kind.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/on_disk.h"

#include "hub_cache.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace headroom {
namespace fs = std::filesystem;
namespace {

// Folder names under which programs keep transformers and checkpoints; folders for the other parts
// are beside them.
constexpr std::array<std::string_view, 4> kTransformerShelves{"diffusion_models", "unet",
                                                              "checkpoints", "stable-diffusion"};
constexpr std::size_t kMaxFiles = 500;  // per folder; limits how long the search takes

bool has_weight_ending(const fs::path& file) {
  const std::string ending = lower_ascii(file.extension().string());
  return ending == ".safetensors" || ending == ".sft" || ending == ".gguf";
}

// Weight files below a folder, sorted by name.
std::set<fs::path> weight_files(const fs::path& folder, int depth) {
  std::set<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator walk(folder, fs::directory_options::skip_permission_denied,
                                        error);
  const fs::recursive_directory_iterator end;
  for (; walk != end && !error && files.size() < kMaxFiles; walk.increment(error)) {
    std::error_code unreadable;
    if (walk.depth() >= depth) walk.disable_recursion_pending();
    if (walk->is_regular_file(unreadable) && has_weight_ending(walk->path())) {
      files.insert(walk->path());
    }
  }
  return files;
}

std::uintmax_t size_of(const fs::path& file) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  return error ? 0 : size;
}

}  // namespace

bool has_weights(const fs::path& place) {
  if (!is_folder(place)) return is_there(place);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(place, error)) {
    if (!entry.path().filename().string().ends_with("config.json")) return true;
  }
  return false;
}

ModelShelves shelves_below(const fs::path& folder) {
  ModelShelves shelves;
  const auto add = [&](std::vector<fs::path>& all, std::initializer_list<const char*> names) {
    for (const char* const tree : {"", "models", "split_files"}) {
      for (const char* const name : names) {
        if (fs::path shelf = folder / tree / name; is_folder(shelf))
          all.push_back(std::move(shelf));
      }
    }
  };
  add(shelves.transformers, {"diffusion_models", "unet", "checkpoints", "Stable-diffusion"});
  add(shelves.text_encoders, {"text_encoders", "clip", "text_encoder"});
  add(shelves.vaes, {"vae", "VAE"});
  add(shelves.loras, {"loras", "Lora"});
  add(shelves.upscalers, {"upscale_models", "ESRGAN", "RealESRGAN"});
  add(shelves.preview_decoders, {"vae_approx", "VAE-approx"});
  return shelves;
}

std::vector<ShelfFile> shelf_files(const fs::path& folder, int depth) {
  std::vector<ShelfFile> found;
  for (const fs::path& file : weight_files(folder, depth)) {
    try {
      const WeightKind kind = tell_kind(TensorFile(file)).kind;
      if (kind == WeightKind::kTransformer || kind == WeightKind::kAllInOne)
        found.push_back({file, {}});
    } catch (const Error& e) {
      found.push_back({file, e.message()});
    }
  }
  return found;
}

std::optional<fs::path> transformer_in(const fs::path& folder) {
  std::set<fs::path> found;
  const auto look_into = [&](const fs::path& place, int depth) {
    for (const ShelfFile& one : shelf_files(place, depth)) {
      if (one.fault.empty()) found.insert(one.file);
    }
  };
  look_into(folder, 0);
  for (const fs::path& shelf : shelves_below(folder).transformers) look_into(shelf, kShelfDepth);
  if (found.size() > 1) {
    fail_model_file(folder, say("holds {0} transformers of Z-Image, {1} and {2} among them; choose "
                                "one of them by its path",
                                found.size(), printable(found.begin()->filename().string()),
                                printable(found.rbegin()->filename().string())));
  }
  return found.empty() ? std::nullopt : std::optional(*found.begin());
}

PartFinder::PartFinder(const fs::path& transformer, const fs::path& hub_cache, ModelShelves shelves)
    : shelves_(std::move(shelves)) {
  std::error_code error;
  file_ = fs::absolute(transformer, error).lexically_normal();
  constexpr int kAbove = 4;  // people sort their files into subfolders
  fs::path folder = file_;
  for (int i = 0; i < kAbove && folder.has_relative_path(); ++i) {
    folder = folder.parent_path();
    if (!root_ && (is_there(folder / "model_index.json") || is_folder(folder / "transformer"))) {
      root_ = folder;
    }
    const std::string name = lower_ascii(folder.filename().string());
    if (std::find(kTransformerShelves.begin(), kTransformerShelves.end(), name) !=
        kTransformerShelves.end()) {
      trees_.push_back(folder.parent_path());
    }
  }
  if (!hub_cache.empty()) snapshots_ = z_image_snapshots(hub_cache);
}

std::vector<fs::path> PartFinder::beside(std::initializer_list<const char*> names) const {
  std::vector<fs::path> found;
  for (const fs::path& tree : trees_) {
    for (const char* const name : names) found.push_back(tree / name);
  }
  return found;
}

std::optional<fs::path> PartFinder::find(const Wanted& wanted) const {
  std::optional<Error> fault;  // of a file that would otherwise have fitted
  const auto fits = [&](const fs::path& place) {
    if (!has_weights(place)) return false;
    std::optional<NetworkTensors> tensors;
    try {
      if (!is_folder(place)) {
        const WeightKind kind = tell_kind(TensorFile(place)).kind;
        const WeightKind right =
            wanted.network == Network::kVae ? WeightKind::kDecoder : WeightKind::kTextEncoder;
        if (kind != right) return false;
      }
    } catch (const Error&) {
      return false;
    }
    try {
      tensors.emplace(place, wanted.network);
    } catch (const Error& e) {
      if (!fault) fault = e;
      return false;
    }
    const auto shape = tensors->shape_of(wanted.tensor);
    return shape && shape->size() > wanted.axis && (*shape)[wanted.axis] == wanted.extent;
  };
  const auto largest = [&](const std::vector<fs::path>& folders, int depth) {
    std::optional<fs::path> best;
    for (const fs::path& folder : folders) {
      for (const fs::path& file : weight_files(folder, depth)) {
        if (best && size_of(file) <= size_of(*best)) continue;
        if (fits(file)) best = file;
      }
    }
    return best;
  };
  if (root_ && fits(*root_ / wanted.folder)) return *root_ / wanted.folder;
  if (auto file = largest(wanted.beside, kShelfDepth)) return file;
  if (auto file = largest({file_.parent_path()}, 0)) return file;
  if (auto file = largest(wanted.elsewhere, kShelfDepth)) return file;
  for (const fs::path& snapshot : snapshots_) {
    if (fits(snapshot / wanted.folder)) return snapshot / wanted.folder;
  }
  for (const fs::path& snapshot : snapshots_) {  // repositories in ComfyUI's layout
    if (auto file = largest({snapshot / "split_files"}, kShelfDepth)) return file;
  }
  if (fault) throw *fault;
  return std::nullopt;
}

std::optional<fs::path> PartFinder::text_encoder(std::int64_t width) const {
  return find({Network::kTextEncoder, "layers.0.input_layernorm.weight", 0, width, "text_encoder",
               beside({"text_encoders", "clip", "text_encoder"}), shelves_.text_encoders});
}

std::optional<fs::path> PartFinder::vae(std::int64_t latent_channels) const {
  return find({Network::kVae, "decoder.conv_in.weight", 1, latent_channels, "vae",
               beside({"vae", "VAE"}), shelves_.vaes});
}

std::optional<fs::path> PartFinder::tokenizer(const fs::path& text_encoder) const {
  std::vector<fs::path> folders;
  if (root_) folders.push_back(*root_ / "tokenizer");
  for (const fs::path& place : {file_, text_encoder}) {
    for (fs::path folder = place.parent_path(); folder.has_relative_path();
         folder = folder.parent_path()) {
      folders.push_back(folder / "tokenizer");
      folders.push_back(folder);
      if (folder == place.parent_path().parent_path()) break;
    }
  }
  for (const fs::path& tree : trees_) folders.push_back(tree / "tokenizer");
  for (const fs::path& snapshot : snapshots_) folders.push_back(snapshot / "tokenizer");
  for (const fs::path& folder : folders) {
    if (is_there(folder / "tokenizer.json")) return folder;
  }
  return std::nullopt;
}

std::optional<fs::path> PartFinder::model_root() const {
  if (root_ && is_there(*root_ / "model_index.json")) return root_;
  return std::nullopt;
}

}  // namespace headroom
