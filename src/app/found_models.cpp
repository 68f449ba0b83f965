#include "found_models.h"

#include "headroom/core/error.h"
#include "headroom/core/size.h"

#include "chosen_model.h"
#include "composition.h"
#include "paths.h"
#include "session_source.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace headroom {
namespace {

GenerationRequest usual_request(const ModelInfo& model) {
  GenerationRequest request;
  request.steps = model.steps;
  request.guidance_scale = model.guidance_scale;
  request.negative_prompt = model.negative_prompt;
  return request;
}

void add_needs(ModelOffer& offer, const AppConfig& config) {
  const std::vector<Forecast> forecasts = preset_forecasts(config, usual_request);
  offer.shortfall_bytes = forecasts.front().shortfall_bytes;
  for (std::size_t i = 0; i < forecasts.size(); ++i) {
    const Size size = kSizePresets[i].size;
    if (forecasts[i].fits && size.width == size.height) offer.largest = size;
  }
}

}  // namespace

std::vector<FoundModel> models_here(const ModelOptions& options) {
  std::vector<std::filesystem::path> folders{starter_model_folder()};
  folders.insert(folders.end(), options.folders.begin(), options.folders.end());
  return find_models(folders, chosen_places(options));
}

std::string formats_of(const FoundModel& model) {
  std::vector<std::pair<int, std::string>> formats;
  for (const auto& [format, count] : model.formats) formats.emplace_back(-count, format);
  std::sort(formats.begin(), formats.end());  // the most first
  std::string text;
  for (const auto& [count, format] : formats) text += (text.empty() ? "" : " + ") + format;
  return text;
}

std::vector<Forecast> preset_forecasts(
    const AppConfig& config,
    const std::function<GenerationRequest(const ModelInfo&)>& request_for) {
  const PlanningContext app(config);
  GenerationRequest request = request_for(app.model);
  request.prompt = "-";  // its length hardly matters
  std::vector<Forecast> forecasts;
  for (const SizePreset& preset : kSizePresets) {
    request.width = preset.size.width;
    request.height = preset.size.height;
    forecasts.push_back(app.forecaster->forecast(app.shape_of(request), request.count, app.memory));
  }
  return forecasts;
}

void offer_models(const AppConfig& config, const SessionChoice& present,
                  const std::function<void(ModelOffer)>& found) {
  for (const FoundModel& model : models_here(config.model)) {
    ModelOffer offer;
    offer.is_starter = model.place == starter_model_folder();
    offer.model = offer.is_starter ? "" : model.name;
    offer.place = model.place.string();
    offer.name = model.opened ? model.opened->info.name : model.place.filename().string();
    offer.formats = formats_of(model);
    offer.file_bytes = model.file_bytes;
    offer.problem = model.problem;
    if (model.opened) {
      try {
        add_needs(offer, with_choice(config, {offer.model, present.device, present.dtype}));
      } catch (const Error& e) {
        offer.problem = e.message();
      }
    }
    found(std::move(offer));
  }
}

}  // namespace headroom
