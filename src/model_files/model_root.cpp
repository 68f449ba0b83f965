#include "model_root.h"

#include "headroom/core/wrong_file.h"
#include "headroom/weights/file_kind.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/on_disk.h"
#include "headroom/weights/tensor_file.h"

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

namespace headroom {
namespace {

namespace fs = std::filesystem;

// The folder itself and the folders of its parts, in diffusers' and in other layouts.
constexpr std::array<std::string_view, 6> kParts{"",    "transformer", "text_encoder",
                                                 "vae", "vae_decoder", "unet"};

[[noreturn]] void fail_part(const fs::path& file, const FileKind& kind, const char* option) {
  fail_model_file(file, say("is {0}, which is only a part of a model; give it with {1}, and the "
                            "transformer's file or the folder of a model with --model",
                            kind.what, option));
}

// Refuses a file that was given instead of a model's folder, naming what it is.
[[noreturn]] void refuse_weights(const fs::path& file) {
  const FileKind found = tell_kind(TensorFile(file));
  switch (found.kind) {
    case WeightKind::kForeign:
      fail_model_file(file, found.refusal);
    case WeightKind::kUnknown:
      fail_model_file(file,
                      say("holds no part of Z-Image that is known; choose the folder of a model"));
    case WeightKind::kLora:
    case WeightKind::kControlNet:
      fail_model_file(file,
                      say("is {0}, which adds to a model and is none; choose the folder of the "
                          "model that it was made for",
                          found.what));
    case WeightKind::kTextEncoder:
      fail_part(file, found, "--text-encoder");
    case WeightKind::kDecoder:
      fail_part(file, found, "--vae");
    default:
      fail_model_file(file, say("is {0}, where the folder of a whole model is wanted; choose the "
                                "folder that has model_index.json beside transformer, text_encoder "
                                "and vae",
                                found.what));
  }
}

// A folder's first weight file by name.
std::optional<fs::path> first_weight_file(const fs::path& folder) {
  std::set<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::error_code unreadable;
    if (!entry.is_regular_file(unreadable)) continue;
    const std::string ending = entry.path().extension().string();
    if (ending == ".safetensors" || ending == ".gguf" || ending == ".sft") {
      files.insert(entry.path());
    }
  }
  return files.empty() ? std::nullopt : std::optional(*files.begin());
}

// Refuses other programs' folders, which are recognised by files in them or in their parts.
void check_no_other_program(const fs::path& root) {
  for (const std::string_view part : kParts) {
    const fs::path folder = part.empty() ? root : root / part;
    if (is_there(folder / "openvino_model.xml")) {
      fail_model_file(folder,
                      say("holds a model for OpenVINO, which is not read here; choose the model's "
                          "folder with .safetensors files"));
    }
    const fs::path config = folder / "config.json";
    if (!is_there(config)) continue;
    std::optional<ConfigFile> read;
    try {
      read.emplace(config);
    } catch (const Error&) {
      continue;  // reading it later reports what is wrong
    }
    check_not_quantized(*read);
  }
}

}  // namespace

void check_not_quantized(const ConfigFile& config) {
  for (const std::string_view key : {"quantization_config", "compression_config"}) {
    const nlohmann::json* found = config.find(key);
    if (found == nullptr) continue;
    const auto method = found->is_object() ? found->find("quant_method") : found->end();
    const bool named = found->is_object() && method != found->end() && method->is_string();
    fail_model_file(config.file(), say("the weights are quantised with {0}, which cannot run here; "
                                       "choose the model's folder in BF16, F16 or F32",
                                       named ? Message(printable(method->get<std::string>()))
                                             : say("another method")));
  }
}

void check_model_root(const fs::path& root) {
  std::error_code error;
  if (!fs::is_directory(root, error)) {
    if (!is_there(root)) {
      fail_model_file(root, say("there is no such folder; choose the folder of a model"));
    }
    if (is_weight_file(root)) refuse_weights(root);
    const Message wrong = wrong_file(file_start(root));
    if (!wrong.empty()) fail_model_file(root, wrong);
    fail_model_file(root, say("is not a folder; choose the folder of a model"));
  }
  check_no_other_program(root);
  if (is_there(root / "model_index.json")) return;
  for (const std::string_view part : kParts) {
    const std::optional<fs::path> file = first_weight_file(part.empty() ? root : root / part);
    if (!file) continue;
    const FileKind found = tell_kind(TensorFile(*file));
    if (found.kind == WeightKind::kForeign) {
      fail_model_file(*file, found.refusal);
    }
  }
  fail_model_file(root,
                  say("holds no model_index.json, so it is not a model; choose the folder that has "
                      "this file beside transformer, text_encoder and vae"));
}

}  // namespace headroom
