#include "offer_models.h"

#include "headroom/config/paths.h"
#include "headroom/core/error.h"
#include "headroom/core/size.h"
#include "headroom/model_files/find_models.h"

#include "chosen_model.h"
#include "generation_context.h"
#include "open_on_device.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace headroom {
namespace {

// A model whose configs come with the program, and where its weights can be downloaded.
struct KnownModel {
  const char* name;  // value for --model
  const char* title;
  const char* repository;
};
constexpr std::array<KnownModel, 2> kKnownModels{
    {{"z-image-turbo", "Z-Image-Turbo", "Tongyi-MAI/Z-Image-Turbo"},
     {"z-image", "Z-Image", "Tongyi-MAI/Z-Image"}}};

GenerationRequest usual_request(const ModelInfo& model) {
  GenerationRequest request;
  request.steps = model.steps;
  request.guidance_scale = model.guidance_scale;
  request.negative_prompt = model.negative_prompt;
  return request;
}

ModelOffer offer_of(const FoundModel& model) {
  ModelOffer offer;
  offer.is_starter = model.place == starter_model_folder();
  offer.model = offer.is_starter ? "" : model.name;
  offer.place = model.place.string();
  offer.name = model.opened ? model.opened->info.name : model.place.filename().string();
  offer.formats = model.formats;
  offer.file_bytes = model.file_bytes;
  offer.missing = model.missing;
  offer.get = model.get;
  offer.problem = model.problem;
  return offer;
}

// For a model that is partly present, the list already says how to get the rest.
bool is_here(const KnownModel& known, const std::vector<ModelOffer>& offers) {
  return std::any_of(offers.begin(), offers.end(),
                     [&](const ModelOffer& offer) { return offer.model == known.repository; });
}

ModelOffer offer_of(const KnownModel& known) {
  ModelOffer offer;
  offer.is_here = false;
  offer.model = known.name;
  offer.name = known.title;
  offer.place = known.repository;
  offer.get = std::string("hf download ") + known.repository;
  return offer;
}

// The model to plan with: for an incomplete one the configs that come with the program.
std::string planned_as(const ModelOffer& offer) {
  if (offer.missing.empty()) return offer.model;
  const auto* const known =
      std::find_if(kKnownModels.begin(), kKnownModels.end(),
                   [&](const KnownModel& one) { return offer.model == one.repository; });
  return known == kKnownModels.end() ? "" : known->name;
}

// Forecasts for the five sizes with the model of `config` on this machine.
std::vector<Forecast> preset_forecasts(
    const AppConfig& config,
    const std::function<GenerationRequest(const ModelInfo&)>& request_for) {
  const PlanningContext app(config);
  GenerationRequest request = request_for(app.model);
  request.prompt = "-";  // its length makes little difference
  std::vector<Forecast> forecasts;
  for (const SizePreset& preset : kSizePresets) {
    request.width = preset.size.width;
    request.height = preset.size.height;
    forecasts.push_back(app.forecaster->forecast(app.shape_of(request), request.count, app.memory));
  }
  return forecasts;
}

void add_needs(ModelOffer& offer, const AppConfig& config,
               const std::function<GenerationRequest(const ModelInfo&)>& request_for) {
  const std::string model = planned_as(offer);
  if (!offer.problem.empty() && (offer.missing.empty() || model.empty())) return;
  try {
    offer.presets = preset_forecasts(
        with_choice(config, {model, config.model.device, config.model.dtype}), request_for);
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::kDevice) throw;  // not a problem of the model
    if (offer.problem.empty()) offer.problem = e.message();
  }
}

}  // namespace

std::vector<FoundModel> models_here(const ModelOptions& options) {
  std::vector<std::filesystem::path> folders{starter_model_folder()};
  for (std::filesystem::path& folder : model_folders(options)) folders.push_back(std::move(folder));
  return find_models(folders, chosen_places(options));
}

void offer_models(const AppConfig& config,
                  const std::function<GenerationRequest(const ModelInfo&)>& request_for,
                  const std::function<void(ModelOffer)>& found) {
  std::vector<ModelOffer> offers;
  for (const FoundModel& model : models_here(config.model)) offers.push_back(offer_of(model));
  for (const KnownModel& known : kKnownModels) {
    if (!is_here(known, offers)) offers.push_back(offer_of(known));
  }
  for (const ModelOffer& offer : offers) found(offer);
  for (ModelOffer& offer : offers) {
    add_needs(offer, config, request_for);
    offer.is_judged = true;
    found(std::move(offer));
  }
}

void offer_models(const AppConfig& config, const SessionChoice& present,
                  const std::function<void(ModelOffer)>& found) {
  offer_models(with_choice(config, {config.model.path, present.device, present.dtype}),
               usual_request, found);
}

}  // namespace headroom
