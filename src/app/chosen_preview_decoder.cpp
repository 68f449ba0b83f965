#include "chosen_preview_decoder.h"

#include "headroom/core/error.h"
#include "headroom/core/lower_case.h"
#include "headroom/model_files/find_models.h"
#include "headroom/weights/tiny_decoder_file.h"

#include "chosen_model.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

// The tiny decoders of other latents have the same shapes, so their names tell them apart.
bool has_its_name(const fs::path& file) {
  const std::string name = lower_ascii(file.filename().string());
  return name.starts_with("taef1") && (name.ends_with(".safetensors") || name.ends_with(".pth"));
}

bool can_decode(const VaeConfig& vae) {
  return vae.latent_channels == TinyDecoderFile::kLatentChannels &&
         vae.scale() == TinyDecoderFile::kScale;
}

std::vector<fs::path> candidates_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (has_its_name(entry.path())) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// In the order of preference.
std::vector<fs::path> candidates(const ModelOptions& options, const ModelFolder& model) {
  const ModelPlaces places = chosen_places(options);
  std::error_code error;
  std::vector<fs::path> folders{fs::is_directory(model.root, error) ? model.root
                                                                    : model.root.parent_path()};
  for (const fs::path& shelf : places.shelves.preview_decoders) folders.push_back(shelf);
  const auto downloaded = downloaded_repository(places.hub_cache, "madebyollin/taef1");
  if (downloaded) folders.push_back(*downloaded);
  std::vector<fs::path> files;
  for (const fs::path& folder : folders) {
    for (fs::path& file : candidates_in(folder)) files.push_back(std::move(file));
  }
  // By its diffusers name, which says nothing elsewhere.
  const fs::path whole =
      downloaded ? *downloaded / "diffusion_pytorch_model.safetensors" : fs::path();
  if (downloaded && fs::exists(whole, error)) files.push_back(whole);
  return files;
}

// Why the file cannot be used; empty if it can.
Message problem_of(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) {
    return say(
        "previews stay blurred, since there is no file {0}; correct model.preview_decoder in the "
        "settings, or leave it out",
        file);
  }
  try {
    static_cast<void>(TinyDecoderFile(file));
    return {};
  } catch (const Error& e) {
    return say("previews stay blurred, since the file of model.preview_decoder cannot be used: {0}",
               e.message());
  }
}

ChosenPreviewDecoder configured(const fs::path& file, const ModelFolder& model) {
  if (Message problem = problem_of(file); !problem.empty()) {
    spdlog::warn("{}", problem.english());
    return {{}, std::move(problem)};
  }
  if (can_decode(model.vae)) return {file};
  spdlog::warn(
      "model.preview_decoder: TAEF1 decodes FLUX.1's latents, and {} has others; its previews "
      "stay blurred",
      model.info.name);
  return {};
}

}  // namespace

ChosenPreviewDecoder chosen_preview_decoder(const ModelOptions& options, const ModelFolder& model) {
  if (options.preview_decoder == kNoPreviewDecoder) return {};
  if (!options.preview_decoder.empty()) return configured(options.preview_decoder, model);
  if (!can_decode(model.vae)) return {};
  for (const fs::path& file : candidates(options, model)) {
    try {
      static_cast<void>(TinyDecoderFile(file));
      return {file};
    } catch (const Error& e) {
      spdlog::warn("previews are not decoded: {}", e.what());
    }
  }
  return {};
}

}  // namespace headroom
