#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/image/png_writer.h"
#include "headroom/image/settings.h"
#include "headroom/weights/model_folder.h"
#include "headroom/weights/tensor_file.h"
#include "commands.h"
#include "exit_code.h"

#include <cstdio>
#include <fstream>

#include <nlohmann/json.hpp>

namespace headroom {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

// Prints nested objects as "key: value" lines, indented.
void print_text(const Json& json, int indent = 0) {
  for (const auto& [key, value] : json.items()) {
    std::printf("%*s%s:", indent, "", key.c_str());
    if (value.is_object()) {
      std::printf("\n");
      print_text(value, indent + 2);
    } else if (value.is_string()) {
      std::printf(" %s\n", value.get<std::string>().c_str());
    } else {
      std::printf(" %s\n", value.dump().c_str());
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

Json inspect_picture(const fs::path& file) {
  Json out{{"file", file.string()}, {"kind", "picture"}};
  const std::vector<PngText> texts = read_png_texts(file);
  const auto find = [&](const std::string& keyword) -> const PngText* {
    for (const PngText& text : texts) {
      if (text.keyword == keyword) return &text;
    }
    return nullptr;
  };
  const PngText* const own = find("headroom");
  const PngText* const a1111 = find("parameters");
  if (own == nullptr && a1111 == nullptr) {
    out["settings"] = nullptr;
    return out;
  }
  const ReadSettings settings =
      own != nullptr ? parse_settings_json(own->value) : parse_a1111_parameters(a1111->value);
  out["source"] = settings.source;
  out["settings"] = to_json(settings.request);
  if (own != nullptr) {
    const auto whole = Json::parse(own->value);
    if (whole.contains("plan")) out["plan"] = whole["plan"];
    if (whole.contains("receipt")) out["receipt"] = whole["receipt"];
  }
  out["unknown"] = Json::object();
  for (const auto& [key, value] : settings.unknown) out["unknown"][key] = value;
  return out;
}

Json inspect(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw Error(ErrorKind::kIo, path.string() + " does not exist; check the path");
  }
  if (fs::is_directory(path, error)) return inspect_model(path);
  if (path.extension() == ".safetensors") return inspect_weights(path);
  return inspect_picture(path);
}

}  // namespace

int run_inspect(const CommandLine& line) {
  const Json out = inspect(line.inspected);
  if (line.json) {
    std::printf("%s\n", out.dump().c_str());
  } else {
    print_text(out);
  }
  return kExitOk;
}

}  // namespace headroom
