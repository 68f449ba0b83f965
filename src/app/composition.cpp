#include "composition.h"

#include "headroom/device/cpu_budget.h"

#include "paths.h"

#include <utility>

namespace headroom {
namespace fs = std::filesystem;
namespace {

PipelineOptions pipeline_options(const AppConfig& config, fs::path dump_file) {
  PipelineOptions options;
  options.model = read_model_folder(config.model.path.empty() ? starter_model_folder()
                                                              : fs::path(config.model.path));
  options.device = choose_device(config.model.device);
  options.dtype = config.model.dtype;
  options.threads = config.model.threads;
  options.budget = config.budget();
  options.low_vram = config.model.low_vram;
  options.pretend_vram_bytes = config.memory.pretend_vram_bytes;
  options.dump_file = std::move(dump_file);
  return options;
}

}  // namespace

Composition::Composition(const AppConfig& config, fs::path dump_file)
    : pipeline(pipeline_options(config, std::move(dump_file))),
      tokenizer(std::make_shared<const PromptTokenizer>(pipeline.model.root / "tokenizer")),
      forecaster(make_forecaster(pipeline, tokenizer)),
      memory(pipeline.device, pipeline.pretend_vram_bytes) {
  if (!pipeline.device.is_cuda()) cpu_budget::install();
}

GenerationQueue::MakeGenerator Composition::generator_maker() const {
  return [pipeline = pipeline, tokenizer = tokenizer, forecaster = forecaster] {
    return make_generator(pipeline, tokenizer, forecaster);
  };
}

}  // namespace headroom
