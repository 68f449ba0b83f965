#include "session_loras.h"

#include "headroom/model_files/adapter_search.h"

#include "chosen_loras.h"
#include "chosen_model.h"

#include <string>
#include <utility>
#include <vector>

namespace headroom {

std::shared_ptr<LoraSets> make_lora_sets(const AppConfig& config, const Composition& app,
                                         KeepSampled keep) {
  PipelineOptions options = app.pipeline;
  options.keep_sampled = std::move(keep);
  options.previews = true;  // a window shows them
  const std::vector<std::filesystem::path> folders =
      lora_folders(app.pipeline.model, chosen_places(config.model).shelves.loras);
  return std::make_shared<LoraSets>(
      std::move(options), app.forecaster,
      [folders](const std::string& name) { return find_adapter(name, folders); },
      [model = app.pipeline.model.info.name](Forecaster& forecaster) {
        load_past_runs(forecaster, model);
      });
}

LoraServices lora_services(const std::shared_ptr<LoraSets>& sets) {
  return {.look =
              [sets](const LoraTag& tag) {
                const LoraSets::Found found = sets->look(tag);
                return FoundLora{found.file, found.keys, found.matched_keys, found.bytes};
              },
          .add = [sets](const std::filesystem::path& file) { return sets->add(file); }};
}

}  // namespace headroom
