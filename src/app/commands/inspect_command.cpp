#include "headroom/cli/exit_code.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/config/paths.h"
#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/lower_case.h"
#include "headroom/core/quote.h"
#include "headroom/core/wrong_file.h"
#include "headroom/image/picture_formats.h"
#include "headroom/image/picture_info.h"
#include "headroom/model_files/model_folder.h"
#include "headroom/model_files/open_model.h"
#include "headroom/pipeline/model_check.h"
#include "headroom/records/find_settings.h"
#include "headroom/records/read_settings.h"
#include "headroom/records/request_json.h"
#include "headroom/records/run_record_json.h"
#include "headroom/text/prompt_tokenizer.h"
#include "headroom/weights/file_kind.h"
#include "headroom/weights/network_tensors.h"
#include "headroom/weights/tensor_file.h"
#include "headroom/weights/torch_file.h"
#include "headroom/weights/upscaler_file.h"

#include "chosen_model.h"
#include "commands/commands.h"
#include "commands/inspect_upscaler.h"
#include "commands/inspect_weights.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

// "a\nb" with the second line indented as far as the first.
std::string indented(const std::string& text, int indent) {
  std::string result;
  for (const char c : text) {
    result += c;
    if (c == '\n') result.append(static_cast<std::size_t>(indent), ' ');
  }
  return result;
}

// Prints nested objects as indented "key: value" lines. A picture may come from anywhere, so its
// texts are made safe for the terminal.
void print_text(const Json& json, int indent = 0) {
  for (const auto& [key, value] : json.items()) {
    std::printf("%*s%s:", indent, "", printable(key).c_str());
    if (value.is_object()) {
      std::printf("%s\n", value.empty() ? " none" : "");
      print_text(value, indent + 2);
    } else if (value.is_string()) {
      std::printf(" %s\n", indented(printable(value.get<std::string>()), indent + 2).c_str());
    } else if (value.is_array() && !value.empty() && value.front().is_object()) {
      std::printf("\n");
      for (const Json& item : value) {
        std::printf("%*s- %s\n", indent, "", json_line(item).c_str());
      }
    } else {
      std::printf(" %s\n", value.is_null() ? "none" : json_line(value).c_str());
    }
  }
}

Json component(const fs::path& place, Network network) {
  const NetworkTensors tensors(place, network);
  return {{"place", place.string()},
          {"tensors", tensors.store().names().size()},
          {"bytes", tensors.store().total_bytes()},
          {"formats", tensors.formats()}};
}

// `places`: parts of the model from the settings; the model itself is the one to inspect.
Json inspect_model(const std::string& path, const ModelOptions& places) {
  ModelOptions options = places;
  options.path = path;
  const ModelFolder model = open_model(chosen_places(options));
  check_model_files(model, /*needs_weights=*/true);
  // Refuses a tokenizer that cannot be read.
  const PromptTokenizer tokenizer(model.parts.tokenizer);
  const ModelInfo& info = model.info;
  return {{"file", model.root.string()},
          {"kind", "model"},
          {"name", info.name},
          {"size_unit", info.size_unit},
          {"recommended",
           {{"steps", info.steps},
            {"guidance", info.guidance_scale},
            {"refine_strength", info.refine_strength}}},
          {"shift", model.scheduler.shift},
          {"transformer",
           {{"dim", model.transformer.dim},
            {"layers", model.transformer.n_layers},
            {"refiner_layers", model.transformer.n_refiner_layers},
            {"heads", model.transformer.n_heads},
            {"weights", component(model.parts.transformer, Network::kTransformer)}}},
          {"text_encoder",
           {{"hidden_size", model.text_encoder.hidden_size},
            {"layers", model.text_encoder.num_hidden_layers},
            {"vocab_size", model.text_encoder.vocab_size},
            {"weights", component(model.parts.text_encoder, Network::kTextEncoder)}}},
          {"vae",
           {{"scale", model.vae.scale()},
            {"latent_channels", model.vae.latent_channels},
            {"weights", component(model.parts.vae, Network::kVae)}}}};
}

Json inspect_index(const fs::path& file) {
  return {{"file", file.string()}, {"kind", "shard index"}, {"shards", read_shard_index(file)}};
}

// Judged by a file's first bytes.
bool is_picture(std::string_view start) { return format_of_bytes(start) != nullptr; }

// Entries by name; several of one name become a list. Their number is limited, since a file may
// have any number of them.
class Entries {
 public:
  void add(const std::string& key, const Json& value) {
    constexpr std::size_t kMost = 500;
    if (object_.size() == kMost) {
      ++left_out_;
      return;
    }
    std::string name = key;
    for (int i = 2; object_.contains(name); ++i) name = key + " (" + std::to_string(i) + ")";
    object_[name] = value;
  }
  [[nodiscard]] Json shown() const {
    Json all = object_;
    if (left_out_ > 0) all["..."] = std::to_string(left_out_) + " more are not shown";
    return all;
  }

 private:
  Json object_ = Json::object();
  std::size_t left_out_ = 0;
};

// For another program's picture only settings that it has: a default would look as if it was read.
Json shown_settings(const ReadSettings& settings) {
  Json all = to_json(settings.request);
  if (settings.source == "headroom") return all;
  Json found = Json::object();
  for (const auto& [key, value] : all.items()) {
    const auto& names = settings.found;
    if (std::find(names.begin(), names.end(), key) != names.end()) found[key] = value;
  }
  return found;
}

// LoRAs, plan and run record of this program's own entry, whose text is valid JSON.
void add_our_parts(const PictureInfo& info, Json& out) {
  for (const PictureText& text : info.texts) {
    if (text.keyword != "headroom") continue;
    const auto whole = Json::parse(text.value, nullptr, /*allow_exceptions=*/false);
    for (const char* const part : {"loras", "plan", "receipt"}) {
      if (whole.is_object() && whole.contains(part)) out[part] = whole[part];
    }
  }
}

Json inspect_picture(const fs::path& file) {
  const PictureInfo info = read_picture_info(file);
  Json out{{"file", file.string()}, {"kind", "picture"}, {"width", info.width},
           {"height", info.height}, {"source", nullptr}, {"settings", nullptr}};
  std::string_view read;  // the text whose settings are shown already
  const std::optional<ReadSettings> settings = find_settings(info.texts);
  if (settings) {
    out["source"] = settings->source;
    out["settings"] = shown_settings(*settings);
    if (settings->origin) {
      const InitImage::File& from = settings->origin->file;
      out["origin"] = {
          {"file", from.name}, {"sha256", from.sha256}, {"how", settings->origin->how}};
    }
    if (settings->source == "headroom") {
      add_our_parts(info, out);
    } else {
      read = settings->text;
      out["text"] = read;
    }
    Entries unknown;
    for (const auto& [key, value] : settings->unknown) unknown.add(key, value);
    out["unknown"] = unknown.shown();
  }
  Entries others;
  for (const PictureText& text : info.texts) {
    const bool ours = settings && settings->source == "headroom" &&
                      (text.keyword == "headroom" || text.keyword == "parameters");
    const bool all = settings && settings->is_of_all_texts;
    if (!ours && !all && text.value != read) others.add(text.keyword, text.value);
  }
  out["other_texts"] = others.shown();
  for (const Message& problem : info.problems) out["problems"].push_back(problem.english());
  return out;
}

// A PyTorch file with upscalers' usual extension counts as one, so that damage is reported; other
// PyTorch files may be checkpoints of any kind.
bool holds_upscaler(const fs::path& file) {
  const bool is_torch = looks_like_torch_file(file);
  if (is_torch && lower_ascii(file.extension().string()) == ".pth") return true;
  if (!is_torch && !is_weight_file(file)) return false;
  try {
    return is_upscaler(is_torch ? TorchFile(file).tensors() : TensorFile(file).tensors());
  } catch (const Error&) {
    return false;  // the reader for its kind reports what is wrong
  }
}

Json inspect(const CommandLine& line) {
  const fs::path path = line.inspected;
  const ModelOptions& places = line.config.model;
  std::error_code error;
  const bool is_repository = !fs::exists(path, error) && fs::exists(hugging_face_cache(), error) &&
                             path.string().find('/') != std::string::npos && path.is_relative();
  if (is_repository || line.inspects_model) return inspect_model(path.string(), places);
  if (!fs::exists(path, error)) {
    throw Error(ErrorKind::kIo, path.string() + " does not exist; check the path");
  }
  if (fs::is_directory(path, error)) return inspect_model(path.string(), places);
  const std::string start = file_start(path);
  if (is_picture(start)) return inspect_picture(path);
  if (path.string().ends_with(".safetensors.index.json")) return inspect_index(path);
  if (holds_upscaler(path)) return inspect_upscaler(path, places.device);
  if (is_weight_file(path)) return inspect_weights(path);
  if (const std::string wrong = wrong_file(start).english(); !wrong.empty()) {
    throw Error(ErrorKind::kModelFile, path.string() + ": " + wrong);
  }
  throw Error(ErrorKind::kIo, path.string() + " is not a " + format_names(PictureUse::kSettings) +
                                  " picture, a .safetensors or GGUF file, a shard index or a model "
                                  "folder; name one of these");
}

}  // namespace

int run_inspect(const CommandLine& line) {
  const Json out = inspect(line);
  if (line.json) {
    std::printf("%s\n", json_line(out).c_str());
  } else {
    print_text(out);
  }
  return kExitOk;
}

}  // namespace headroom
