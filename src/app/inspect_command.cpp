#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/image/png_writer.h"
#include "headroom/image/settings.h"
#include "headroom/weights/model_folder.h"
#include "headroom/weights/tensor_file.h"

#include "commands.h"
#include "exit_code.h"
#include "output.h"

#include <cstdio>
#include <fstream>
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

// Prints nested objects as "key: value" lines, indented.
void print_text(const Json& json, int indent = 0) {
  for (const auto& [key, value] : json.items()) {
    std::printf("%*s%s:", indent, "", key.c_str());
    if (value.is_object()) {
      std::printf("%s\n", value.empty() ? " none" : "");
      print_text(value, indent + 2);
    } else if (value.is_string()) {
      std::printf(" %s\n", indented(value.get<std::string>(), indent + 2).c_str());
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

Json inspect_weights(const fs::path& file) {
  const TensorFile opened(file);
  Json tensors = Json::object();
  std::int64_t bytes = 0;
  for (const auto& [name, view] : opened.tensors()) {
    tensors[name] = Json{{"dtype", dtype_name(view.dtype)}, {"shape", view.shape}};
    bytes += static_cast<std::int64_t>(view.data.size());
  }
  return {{"file", file.string()},
          {"kind", "safetensors"},
          {"tensor_count", opened.tensors().size()},
          {"tensor_bytes", bytes},
          {"metadata", opened.metadata()},
          {"tensors", tensors}};
}

Json component(const fs::path& folder, std::string_view stem) {
  const TensorStore store(folder, stem);
  return {{"tensors", store.names().size()}, {"bytes", store.total_bytes()}};
}

Json inspect_model(const fs::path& folder) {
  const ModelFolder model = read_model_folder(folder);
  const ModelInfo& info = model.info;
  return {{"file", folder.string()},
          {"kind", "model"},
          {"name", info.name},
          {"size_unit", info.size_unit},
          {"recommended", {{"steps", info.steps}, {"guidance", info.guidance_scale}}},
          {"shift", model.scheduler.shift},
          {"transformer",
           {{"dim", model.transformer.dim},
            {"layers", model.transformer.n_layers},
            {"refiner_layers", model.transformer.n_refiner_layers},
            {"heads", model.transformer.n_heads},
            {"weights", component(folder / "transformer", "diffusion_pytorch_model")}}},
          {"text_encoder",
           {{"hidden_size", model.text_encoder.hidden_size},
            {"layers", model.text_encoder.num_hidden_layers},
            {"vocab_size", model.text_encoder.vocab_size},
            {"weights", component(folder / "text_encoder", "model")}}},
          {"vae",
           {{"scale", model.vae.scale()},
            {"latent_channels", model.vae.latent_channels},
            {"weights", component(folder / "vae", "diffusion_pytorch_model")}}}};
}

Json inspect_index(const fs::path& file) {
  return {{"file", file.string()}, {"kind", "shard index"}, {"shards", read_shard_index(file)}};
}

constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";

// The first bytes of a file, as far as it has them: signature, and the header chunk's size fields.
std::string read_start(const fs::path& file) {
  constexpr std::size_t kBytes = 24;
  std::ifstream in(file, std::ios::binary);
  std::string start(kBytes, '\0');
  in.read(start.data(), static_cast<std::streamsize>(kBytes));
  if (!in && !in.eof()) {
    throw Error(ErrorKind::kIo, file.string() + " cannot be read; check that you may read it");
  }
  start.resize(static_cast<std::size_t>(in.gcount()));
  return start;
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t number = 0;
  for (const char c : bytes) number = number << 8U | static_cast<unsigned char>(c);
  return number;
}

// What one text entry says; the message names the file, which the reader of a text cannot know.
ReadSettings read_settings(const fs::path& file, const PngText& text) {
  try {
    return text.keyword == "headroom" ? parse_settings_json(text.value)
                                      : parse_a1111_parameters(text.value);
  } catch (const Error& e) {
    throw Error(ErrorKind::kIo, file.string() + ": " + e.what());
  }
}

std::vector<PngText> read_texts(const fs::path& file) {
  try {
    return read_png_texts(file);
  } catch (const Error& e) {
    throw Error(ErrorKind::kIo,
                e.what());  // a damaged picture is a bad file here, not a bad request
  }
}

Json inspect_picture(const fs::path& file, std::string_view start) {
  if (start.size() < 24) throw Error(ErrorKind::kIo, file.string() + ": the picture is cut off");
  const std::vector<PngText> texts = read_texts(file);
  // Our own entry says more than the other programs' form of it.
  const PngText* chosen = nullptr;
  for (const PngText& text : texts) {
    if (text.keyword == "headroom" || (text.keyword == "parameters" && chosen == nullptr)) {
      chosen = &text;
    }
  }
  Json out{{"file", file.string()},
           {"kind", "picture"},
           {"width", big_endian(start.substr(16, 4))},
           {"height", big_endian(start.substr(20, 4))},
           {"source", nullptr},
           {"settings", nullptr}};
  if (chosen != nullptr) {
    const ReadSettings settings = read_settings(file, *chosen);
    out["source"] = settings.source;
    out["settings"] = to_json(settings.request);
    if (settings.source == "headroom") {
      const auto whole = Json::parse(chosen->value);
      for (const char* const part : {"plan", "receipt"}) {
        if (whole.contains(part)) out[part] = whole[part];
      }
    }
    out["unknown"] = Json::object();
    for (const auto& [key, value] : settings.unknown) out["unknown"][key] = value;
  }
  out["other_texts"] = Json::object();
  for (const PngText& text : texts) {
    if (text.keyword != "headroom" && text.keyword != "parameters") {
      out["other_texts"][text.keyword] = text.value;
    }
  }
  return out;
}

Json inspect(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw Error(ErrorKind::kIo, path.string() + " does not exist; check the path");
  }
  if (fs::is_directory(path, error)) return inspect_model(path);
  const std::string start = read_start(path);
  if (start.starts_with(kPngSignature)) return inspect_picture(path, start);
  if (path.extension() == ".safetensors") return inspect_weights(path);
  if (path.string().ends_with(".safetensors.index.json")) return inspect_index(path);
  throw Error(ErrorKind::kIo, path.string() +
                                  " is not a PNG picture, a .safetensors file, a shard index or a "
                                  "model folder; name one of these");
}

}  // namespace

int run_inspect(const CommandLine& line) {
  const Json out = inspect(line.inspected);
  if (line.json) {
    std::printf("%s\n", json_line(out).c_str());
  } else {
    print_text(out);
  }
  return kExitOk;
}

}  // namespace headroom
