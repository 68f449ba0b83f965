#include "headroom/model_files/open_model.h"

#include "headroom/core/lower_case.h"
#include "headroom/weights/file_kind.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/on_disk.h"

#include "hub_cache.h"
#include "missing_parts.h"
#include "model_folder_parts.h"
#include "model_root.h"
#include "part_configs.h"
#include "part_finder.h"
#include "shape_configs.h"

#include <optional>
#include <string>
#include <utility>

namespace headroom {
namespace fs = std::filesystem;
namespace {

// A repository's name or its folder in the cache leads to a snapshot; anything else is a path.
fs::path resolve(const std::string& model, const fs::path& hub_cache) {
  if (is_there(model)) {
    fs::path folder = fs::path(model).lexically_normal();
    if (folder.filename().empty()) folder = folder.parent_path();
    return snapshot_of(folder).value_or(model);
  }
  if (hub_cache.empty() || !is_repository_name(model)) return model;
  const auto snapshot = snapshot_of(repository_folder(hub_cache, model));
  if (snapshot) return *snapshot;
  fail_model_file(model, say("there is no such folder or file, and the Hugging Face cache in {0} "
                             "has no repository of that name; choose another, or get it with "
                             "\"hf download {1}\"",
                             hub_cache, model));
}

// Where a network is, and its opened weights if they exist.
struct Part {
  fs::path place;
  Network network;
  std::optional<NetworkTensors> tensors;

  Part(fs::path where, Network which) : place(std::move(where)), network(which) {
    if (has_weights(place)) tensors.emplace(place, network);
  }
  // A download under its usual name has a config; without one it is incomplete.
  [[nodiscard]] bool needs_config() const {
    return !tensors ||
           tensors->store().files().front().filename().string().starts_with(weights_stem(network));
  }
  // The config beside the weights if it is for this network, else one derived from the tensors.
  [[nodiscard]] ConfigFile config() const {
    const bool is_file = is_there(place) && !is_folder(place);
    const fs::path file = (is_file ? place.parent_path() : place) / "config.json";
    if (!is_file && (is_there(file) || needs_config())) return ConfigFile(file);
    if (is_there(file)) {
      ConfigFile beside(file);
      const bool text = network == Network::kTextEncoder;
      const nlohmann::json* const name = beside.find(text ? "model_type" : "_class_name");
      const char* const own = text                               ? "qwen3"
                              : network == Network::kTransformer ? "ZImageTransformer2DModel"
                                                                 : "AutoencoderKL";
      if (name != nullptr && *name == own) return beside;
    }
    return config_of(*tensors);
  }
};

// The place of a part for a given path: a file, the part's folder, or the whole model's folder.
fs::path given_part(const fs::path& given, const char* folder) {
  if (!is_there(given)) {
    fail_model_file(given, say("there is no such file or folder; check the path"));
  }
  return is_folder(given / folder) ? given / folder : given;
}

fs::path given_tokenizer(const fs::path& given) {
  const fs::path folder = is_folder(given) ? given_part(given, "tokenizer") : given.parent_path();
  const bool is_file = !is_folder(given) && given.filename() == "tokenizer.json";
  if ((is_file || is_folder(given)) && is_there(folder / "tokenizer.json")) return folder;
  fail_model_file(given, say("is no tokenizer; give the folder with tokenizer.json and "
                             "tokenizer_config.json, as in \"hf download "
                             "Tongyi-MAI/Z-Image-Turbo --include 'tokenizer/*'\""));
}

// Reads configs, then corrects them by what the weights say, as far as those exist.
void read_parts(ModelFolder& model) {
  const Part transformer(model.parts.transformer, Network::kTransformer);
  model.transformer = read_transformer(transformer.config());
  const Part text_encoder(model.parts.text_encoder, Network::kTextEncoder);
  model.text_encoder = read_text_encoder(text_encoder.config());
  model.vae = read_vae(Part(model.parts.vae, Network::kVae).config());
  if (transformer.tensors) {
    take_widths(*transformer.tensors, model.transformer);
    for (int i = 0; i < model.transformer.n_layers; ++i) {
      model.layer_file_bytes.push_back(
          transformer.tensors->stored_bytes("layers." + std::to_string(i) + "."));
    }
  }
  if (text_encoder.tensors) take_widths(*text_encoder.tensors, model.text_encoder);
}

ModelFolder open_folder(const fs::path& root, const ModelPlaces& places) {
  check_model_root(root);
  check_model_index(root);
  ModelFolder model;
  model.root = root;
  model.parts = places_in(root);
  if (!places.text_encoder.empty()) {
    model.parts.text_encoder = given_part(places.text_encoder, "text_encoder");
  }
  if (!places.vae.empty()) model.parts.vae = given_part(places.vae, "vae");
  if (!places.tokenizer.empty()) model.parts.tokenizer = given_tokenizer(places.tokenizer);
  read_parts(model);
  model.scheduler = read_scheduler(ConfigFile(root / "scheduler" / "scheduler_config.json"));
  check_parts_fit(model);
  model.info = make_info(model);
  return model;
}

// Throws one sentence that names everything a transformer's file lacks.
[[noreturn]] void fail_missing(const fs::path& file, const PartPlaces& parts) {
  std::vector<std::string> missing;
  std::string options;
  const auto add = [&](const fs::path& place, const char* part, const char* option) {
    if (!place.empty()) return;
    missing.emplace_back(part);
    options += (options.empty() ? "" : " ") + std::string(option);
  };
  add(parts.text_encoder, "text_encoder", "--text-encoder FILE");
  add(parts.vae, "vae", "--vae FILE");
  add(parts.tokenizer, "tokenizer", "--tokenizer FOLDER");
  const Message sentence =
      say("to make pictures, this file also needs what was not found beside it or in the "
          "Hugging Face cache: {0}; give it with {1}, or get it with \"{2}\"",
          say_parts(missing), options, command_for("Tongyi-MAI/Z-Image-Turbo", missing));
  throw MissingParts(say("{0}: {1}", file, sentence), missing);
}

// Turbo and the base model have the same shapes, so only the name tells them apart. Most files are
// Turbo's or derived from it.
double shift_by_name(ModelFolder& model, const fs::path& file) {
  const std::string name = lower_ascii(file.filename().string());
  const bool is_base = name.find("base") != std::string::npos;
  if (!is_base && name.find("turbo") == std::string::npos) {
    model.notes.push_back(
        say("{0} does not say whether it is Z-Image-Turbo or the base model: steps, guidance and "
            "shift are Turbo's unless you set them (base: 28 steps, guidance 4, shift 6)",
            printable(file.filename().string())));
  }
  constexpr double kTurbo = 3.0;
  constexpr double kBase = 6.0;
  return is_base ? kBase : kTurbo;
}

void find_parts(ModelFolder& model, const PartFinder& finder, const ModelPlaces& places,
                bool is_all) {
  PartPlaces& parts = model.parts;
  const fs::path file = parts.transformer;
  const auto inside = [&](Network network) {
    return is_all && NetworkTensors(file, network)
                         .contains(network == Network::kVae ? "decoder.conv_in.weight"
                                                            : "layers.0.input_layernorm.weight");
  };
  const auto note = [&](const std::optional<fs::path>& found, const Message& what) {
    if (found) model.notes.push_back(say("{0}: found in {1}", what, *found));
    return found.value_or(fs::path());
  };
  if (!places.text_encoder.empty()) {
    parts.text_encoder = given_part(places.text_encoder, "text_encoder");
  } else if (inside(Network::kTextEncoder)) {
    parts.text_encoder = file;
  } else {
    parts.text_encoder = note(finder.text_encoder(model.transformer.cap_feat_dim),
                              say_network(Network::kTextEncoder));
  }
  if (!places.vae.empty()) {
    parts.vae = given_part(places.vae, "vae");
  } else if (inside(Network::kVae)) {
    parts.vae = file;
  } else {
    parts.vae = note(finder.vae(model.transformer.in_channels), say_network(Network::kVae));
  }
  parts.tokenizer = !places.tokenizer.empty()
                        ? given_tokenizer(places.tokenizer)
                        : note(finder.tokenizer(parts.text_encoder), say("the tokenizer"));
  if (parts.text_encoder.empty() || parts.vae.empty() || parts.tokenizer.empty()) {
    fail_missing(file, parts);
  }
}

// `file` has a transformer, or all networks.
ModelFolder open_file(const fs::path& file, const ModelPlaces& places, bool is_all) {
  ModelFolder model;
  model.root = file;
  model.parts.transformer = file;
  model.transformer = read_transformer(Part(file, Network::kTransformer).config());
  const PartFinder finder(file, places.hub_cache, places.shelves);
  find_parts(model, finder, places, is_all);
  read_parts(model);
  if (const auto root = finder.model_root()) {
    model.scheduler = read_scheduler(ConfigFile(*root / "scheduler" / "scheduler_config.json"));
  } else {
    model.scheduler.shift = shift_by_name(model, file);
  }
  check_parts_fit(model);
  model.info = make_info(model);
  return model;
}

}  // namespace

ModelFolder open_model(const ModelPlaces& places) {
  const fs::path place = resolve(places.model, places.hub_cache);
  if (is_folder(place)) {
    if (is_there(place / "model_index.json")) return open_folder(place, places);
    const auto file = transformer_in(place);
    if (!file) return open_folder(place, places);  // this reports what it is instead
    return open_file(*file, places, tell_kind(TensorFile(*file)).kind == WeightKind::kAllInOne);
  }
  if (!is_there(place) || !is_weight_file(place)) return open_folder(place, places);
  const FileKind kind = tell_kind(TensorFile(place));
  const bool is_all = kind.kind == WeightKind::kAllInOne;
  if (!is_all && kind.kind != WeightKind::kTransformer) return open_folder(place, places);
  return open_file(place, places, is_all);
}

}  // namespace headroom
