#include "session_loras.h"

#include "headroom/core/error.h"
#include "headroom/model_files/find_loras.h"

#include "chosen_loras.h"
#include "chosen_model.h"

#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace headroom {
namespace {

// Reports names first, which are known at once; whether files fit needs their headers.
void list(const LoraSets& sets, const std::vector<std::filesystem::path>& folders,
          const std::function<void(LoraOffer)>& found) {
  std::vector<LoraOffer> offers;
  for (const LoraPlace& place : list_loras(folders)) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(place.file, error);
    offers.push_back({place.name, place.file, error ? 0 : static_cast<std::int64_t>(bytes)});
    found(offers.back());
  }
  for (LoraOffer& offer : offers) {
    try {
      const LoraSets::Found fits = sets.look_into(offer.file);
      offer.fits = FoundLora{fits.file, fits.keys, fits.matched_keys, fits.bytes};
    } catch (const Error& e) {
      offer.problem = e.message();
    }
    found(std::move(offer));
  }
}

}  // namespace

std::shared_ptr<LoraSets> make_lora_sets(const AppConfig& config, const GenerationContext& app,
                                         KeepSampled keep) {
  PipelineOptions options = app.pipeline;
  options.keep_sampled = std::move(keep);
  const std::vector<std::filesystem::path> folders = lora_folders_of(config, app);
  return std::make_shared<LoraSets>(
      std::move(options), app.forecaster,
      [folders](const std::string& name) { return find_lora(name, folders); },
      [model = app.pipeline.model.info.name](Forecaster& forecaster) {
        load_past_runs(forecaster, model);
      });
}

std::vector<std::filesystem::path> lora_folders_of(const AppConfig& config,
                                                   const GenerationContext& app) {
  return lora_folders(app.pipeline.model, chosen_places(config.model).shelves.loras);
}

std::shared_ptr<const OpenedLoras> add_typed_loras(const CommandLine& line,
                                                   const GenerationContext& app, LoraSets& sets) {
  const auto shelves = chosen_places(line.config.model).shelves.loras;
  auto typed = open_loras({"", line.loras}, app.pipeline.model, shelves);
  if (!typed) return nullptr;
  for (const OpenedLoras::Lora& lora : typed->loras()) sets.add(lora.file);
  return typed;
}

GenerationQueue::Source lora_source(const GenerationContext& app,
                                    const std::shared_ptr<LoraSets>& sets) {
  return {[tokenizer = app.tokenizer, sets] {
            DeviceBackend& device = *sets->options().device.backend;
            if (!device.has_own_memory()) device.set_up();
            return make_generator(tokenizer, sets);
          },
          [keep = app.run_record_keeper(), sets](const FinishedPicture& finished) {
            keep(finished);
            sets->learn(finished.picture.run_record);
          }};
}

LoraServices lora_services(const std::shared_ptr<LoraSets>& sets,
                           std::vector<std::filesystem::path> folders) {
  return {.look =
              [sets](const LoraTag& tag) {
                const LoraSets::Found found = sets->look(tag);
                return FoundLora{found.file, found.keys, found.matched_keys, found.bytes};
              },
          .add = [sets](const std::filesystem::path& file) { return sets->add(file); },
          .list = [sets, folders](
                      const std::function<void(LoraOffer)>& found) { list(*sets, folders, found); },
          .folders = std::move(folders)};
}

}  // namespace headroom
