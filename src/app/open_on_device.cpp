#include "open_on_device.h"

#include "headroom/config/paths.h"
#include "headroom/core/error.h"
#include "headroom/core/number_format.h"
#include "headroom/forecast/rates_file.h"
#include "headroom/forecast/upscale_forecaster.h"
#include "headroom/pipeline/device_formats.h"
#include "headroom/pipeline/request_shape.h"
#include "headroom/records/run_log.h"

#include "chosen_preview_decoder.h"
#include "generation_context.h"
#include "model_examples.h"
#include "resumable_folder.h"
#include "session_loras.h"
#include "upscaling_generator.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace headroom {
namespace {

// The prompt's words, without its tags.
std::string words_of(const std::string& prompt) {
  try {
    return take_lora_tags(prompt).words;
  } catch (const Error&) {
    return prompt;  // a tag is still being typed; checks of the prompt report it
  }
}

PromptLength measure(const PromptTokenizer& tokenizer, const std::string& prompt) {
  constexpr std::size_t kRead = PromptTokenizer::kMaxRead;
  const std::size_t tokens = tokenizer.encode_prompt(words_of(prompt), kMaxPromptBytes).size();
  const bool is_read_whole = tokens <= kRead;
  return {.tokens = static_cast<int>(tokens),
          .read_tokens = static_cast<int>(std::min(tokens, kRead)),
          .read_bytes = is_read_whole ? prompt.size() : tokenizer.bytes_read(prompt)};
}

ForecastService::Sources forecasts(const GenerationContext& app,
                                   const std::shared_ptr<LoraSets>& loras,
                                   const std::shared_ptr<UpscaleForecaster>& upscales) {
  return {
      .forecast =
          [loras, upscales](const ForecastService::Run& run, const MemorySnapshot& memory) {
            if (run.upscale)
              return upscales->forecast(*run.upscale, {run.shape.width, run.shape.height}, memory);
            return loras->forecaster(run.loras)->forecast(run.shape, run.count, memory);
          },
      .frontier =
          [loras](const ForecastService::Run& like, const MemorySnapshot& memory,
                  const std::function<void()>& between) {
            return loras->forecaster(like.loras)
                ->frontier(like.shape, memory, ForecastService::kStep_px,
                           ForecastService::kLargestSide_px, between);
          },
      .other_programs = [memory = app.memory] { return memory.other_programs(); }};
}

void load_past_upscales(UpscaleForecaster& forecaster) {
  constexpr std::size_t kEnough = 200;  // of several upscalers
  try {
    for (const RunRecord& run_record : RunLog(run_log_file()).read_enlarged(kEnough)) {
      forecaster.learn(run_record);
    }
  } catch (const Error&) {
    // load_past_runs(), which reads the same file before, has said it.
  }
}

std::vector<NumberFormat> formats_of(const Device& device) {
  std::vector<NumberFormat> formats;
  std::ranges::copy_if(kNumberFormats, std::back_inserter(formats),
                       [&](NumberFormat format) { return can_run(format, device); });
  return formats;
}

}  // namespace

SessionChoice choice_of(const AppConfig& config) {
  return {config.model.path, config.model.device, config.model.dtype};
}

AppConfig with_choice(AppConfig config, const SessionChoice& choice) {
  ModelOptions& model = config.model;
  if (choice.model != model.path) {
    model.path = choice.model;
    model.text_encoder.clear();
    model.vae.clear();
    model.tokenizer.clear();
  }
  model.device = choice.device;
  model.dtype = choice.dtype;
  return config;
}

ModelOnDevice open_on_device(const AppConfig& config, const SessionChoice& choice,
                             std::shared_ptr<const OutputPlace> output) {
  const AppConfig chosen = with_choice(config, choice);
  GenerationContext app(chosen);
  app.pipeline.previews = true;  // for the window
  ChosenPreviewDecoder previews = chosen_preview_decoder(chosen.model, app.pipeline.model);
  app.pipeline.preview_decoder = std::move(previews.file);
  const std::shared_ptr<LoraSets> loras = make_lora_sets(
      chosen, app, sample_keeper(chosen.model, app.pipeline.model.info.name, std::move(output)));
  const Device& device = app.pipeline.device;
  const auto upscales = std::make_shared<UpscaleForecaster>(
      device, budget_options(chosen), [device, threads = chosen.model.threads] {
        return read_rates(rates_file(), rates_key(device, NumberFormat::kFloat32, threads));
      });
  load_past_upscales(*upscales);
  return {.choice = choice,
          .model = app.pipeline.model.info,
          .device_name = device.name,
          .device_id = device.id(),
          .dtype = format_name(choice.dtype, device),
          .formats = formats_of(device),
          .examples = read_model_examples(app.pipeline.model.root),
          .source = with_upscaling(lora_source(app, loras),
                                   {.forecaster = upscales,
                                    .read_memory = [memory = app.memory] { return memory.read(); },
                                    .threads = chosen.model.threads}),
          .forecast_service = forecasts(app, loras, upscales),
          .read_memory = [memory = app.memory] { return memory.read(); },
          .measure_prompt = [tokenizer = app.tokenizer](
                                const std::string& prompt) { return measure(*tokenizer, prompt); },
          .shape =
              [scheduler = app.pipeline.model.scheduler](const GenerationRequest& request,
                                                         int prompt_tokens, int negative_tokens) {
                return shape_of(request, prompt_tokens, negative_tokens, scheduler);
              },
          .loras = lora_services(loras, lora_folders_of(chosen, app)),
          .warning = std::move(previews.problem)};
}

}  // namespace headroom
