#include "headroom/model_files/model_folder.h"

#include "headroom/weights/config_file.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/on_disk.h"

#include "model_folder_parts.h"
#include "model_root.h"
#include "part_configs.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace headroom {
namespace {

// model_index.json lists each component as [library, class].
void check_component(const ConfigFile& index, std::string_view key,
                     std::initializer_list<std::string_view> allowed) {
  const nlohmann::json* value = index.find(key);
  Message list;
  for (const std::string_view name : allowed) {
    if (value != nullptr && value->is_array() && value->size() == 2 && value->back() == name)
      return;
    list = list.empty() ? to_message(name) : say("{0} or {1}", list, name);
  }
  index.fail(key, say("only the class {0} is supported", list));
}

}  // namespace

void check_model_index(const std::filesystem::path& root) {
  const ConfigFile index(root / "model_index.json");
  index.require_one_of("_class_name", {"ZImagePipeline"});
  check_component(index, "scheduler", {"FlowMatchEulerDiscreteScheduler"});
  check_component(index, "text_encoder", {"Qwen3Model", "Qwen3ForCausalLM"});
  check_component(index, "tokenizer", {"Qwen2Tokenizer", "Qwen2TokenizerFast"});
  check_component(index, "transformer", {"ZImageTransformer2DModel"});
  check_component(index, "vae", {"AutoencoderKL"});
}

PartPlaces places_in(const std::filesystem::path& root) {
  return {root / "transformer", root / "text_encoder", root / "vae", root / "tokenizer"};
}

namespace {

// A name for people: the folder's, a file's without its extension, or the repository's inside the
// Hugging Face cache, where folders are .../models--OWNER--NAME/snapshots/HASH.
std::string model_name(const std::filesystem::path& root) {
  std::error_code failed;
  std::filesystem::path path = std::filesystem::absolute(root, failed);
  path = (failed ? root : path).lexically_normal();
  if (path.filename().empty()) path = path.parent_path();  // a trailing slash
  const bool is_file = std::filesystem::is_regular_file(path, failed);
  std::string name = (is_file ? path.stem() : path.filename()).string();
  const std::filesystem::path parent = path.parent_path();
  const std::string repository = parent.parent_path().filename().string();
  constexpr std::string_view kPrefix = "models--";
  if (parent.filename() == "snapshots" && repository.starts_with(kPrefix)) {
    const std::string full = repository.substr(kPrefix.size());
    const std::size_t owner_end = full.find("--");
    name = owner_end == std::string::npos ? full : full.substr(owner_end + 2);
  }
  if (name.empty()) name = path.string();
  if (!is_valid_utf8(name)) {  // since it is shown in windows and written to JSON
    for (char& c : name) {
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    }
  }
  return name;
}

}  // namespace

ModelInfo make_info(const ModelFolder& folder) {
  ModelInfo info;
  info.name = model_name(folder.root);
  info.path = folder.root.string();
  info.size_unit = 2 * folder.vae.scale();
  info.shift = folder.scheduler.shift;
  info.trained_area_px = std::int64_t{folder.vae.sample_size} * folder.vae.sample_size;
  info.is_starter = is_there(folder.root / "subjects.txt");
  // The base model has the larger shift; the distilled one needs few steps and no guidance.
  const bool is_base = info.shift >= 6.0;
  info.steps = is_base ? 28 : 8;
  info.guidance_scale = is_base ? 4.0 : 0.0;
  const std::filesystem::path defaults_file = folder.root / "generation_defaults.json";
  if (!is_there(defaults_file)) return info;
  const ConfigFile defaults(defaults_file);
  info.steps = defaults.integer("num_inference_steps", 1, kMaxSteps, info.steps);
  info.guidance_scale =
      defaults.number("guidance_scale", kMinGuidance, kMaxGuidance, info.guidance_scale);
  info.negative_prompt = defaults.text("negative_prompt", "");
  constexpr double kMinRefine = 0.01;
  info.refine_strength = defaults.number("refine_strength", kMinRefine, 1, info.refine_strength);
  if (info.negative_prompt.size() > kMaxPromptBytes) {
    defaults.fail("negative_prompt", say("it must be at most {0} bytes long", kMaxPromptBytes));
  }
  return info;
}

void check_parts_fit(const ModelFolder& folder) {
  const PartPlaces own = places_in(folder.root);
  const auto check = [&](const char* what, int found, const Message& other, int expected,
                         const std::filesystem::path& part, const std::filesystem::path& usual) {
    if (found == expected) return;
    fail_model_file(part == usual ? folder.root : part,
                    say("the transformer's {0} is {1}, but {2} is {3}: the parts belong to "
                        "different models, so download the model again",
                        what, found, other, expected));
  };
  check("cap_feat_dim", folder.transformer.cap_feat_dim, say("the text encoder's hidden_size"),
        folder.text_encoder.hidden_size, folder.parts.text_encoder, own.text_encoder);
  check("in_channels", folder.transformer.in_channels, say("the VAE's latent_channels"),
        folder.vae.latent_channels, folder.parts.vae, own.vae);
}

ModelFolder read_model_folder(const std::filesystem::path& root) {
  check_model_root(root);
  check_model_index(root);
  ModelFolder folder;
  folder.root = root;
  folder.parts = places_in(root);
  folder.transformer = read_transformer(ConfigFile(folder.parts.transformer / "config.json"));
  folder.text_encoder = read_text_encoder(ConfigFile(folder.parts.text_encoder / "config.json"));
  folder.vae = read_vae(ConfigFile(folder.parts.vae / "config.json"));
  folder.scheduler = read_scheduler(ConfigFile(root / "scheduler" / "scheduler_config.json"));
  check_parts_fit(folder);
  folder.info = make_info(folder);
  return folder;
}

}  // namespace headroom
