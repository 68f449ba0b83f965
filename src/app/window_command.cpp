#include "headroom/core/error.h"
#include "headroom/engine/memory_sampler.h"
#include "headroom/gui/window.h"
#include "headroom/pipeline/request_shape.h"

#include "commands.h"
#include "composition.h"
#include "exit_code.h"
#include "model_examples.h"
#include "paths.h"
#include "picture_files.h"
#include "signals.h"
#include "surroundings.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

namespace headroom {

namespace {

PromptLength measure(const PromptTokenizer& tokenizer, const std::string& prompt) {
  constexpr std::size_t kRead = PromptTokenizer::kMostRead;
  const std::size_t tokens = tokenizer.encode_prompt(prompt, kMaxPromptBytes).size();
  const bool is_read_whole = tokens <= kRead;
  return {.tokens = static_cast<int>(tokens),
          .read_tokens = static_cast<int>(std::min(tokens, kRead)),
          .read_bytes = is_read_whole ? prompt.size() : tokenizer.bytes_read(prompt)};
}

// Returns an exit code, kStartAgain among them. `choose_model` as in WindowServices.
int show_window(const AppConfig& config, const Composition& app, std::vector<StartProblem> problems,
                const BlockedSignals& signals,
                const std::function<void(const std::filesystem::path&)>& choose_model) {
  std::atomic<bool> ending{false};
  const OutputPlace output = choose_output({}, config.output);
  const auto save = [output](const GenerationRequest& request, const GeneratedImage& picture) {
    std::filesystem::path file = save_picture(output, request, picture);
    spdlog::info("saved {}", file.string());
    return file;
  };
  spdlog::info("model {} on {}", app.pipeline.model.info.name, app.pipeline.device.name);
  // The sampler looks four times a second anyway: at the signals, too.
  MemorySampler sampler(
      [&] {
        if (signals.wait_for(std::chrono::milliseconds(0))) {
          ending = true;
          wake_window();
        }
        return app.memory.read();
      },
      wake_window);
  GenerationQueue queue(app.generator_maker(), save, wake_window, app.receipt_keeper());
  const ModelExamples examples = read_model_examples(app.pipeline.model.root);
  Window window(
      {.queue = queue,
       .memory = sampler,
       .lookout = {.forecast =
                       [&](const Lookout::Run& run, const MemorySnapshot& memory) {
                         return app.forecaster->forecast(run.shape, run.count, memory);
                       },
                   .frontier =
                       [&](const RunShape& shape, const MemorySnapshot& memory,
                           const std::function<void()>& between) {
                         return app.forecaster->frontier(shape, memory, Lookout::kStep_px,
                                                         Lookout::kLargestSide_px, between);
                       },
                   .other_programs = [&] { return app.memory.other_programs(); }},
       .measure_prompt = [&](const std::string& prompt) { return measure(*app.tokenizer, prompt); },
       .shape =
           [&](const GenerationRequest& request, int prompt_tokens, int negative_tokens) {
             return shape_of(request, prompt_tokens, negative_tokens, app.pipeline.model.scheduler);
           },
       .model = app.pipeline.model.info,
       .device_name = app.pipeline.device.name,
       .config = config,
       .start_problems = std::move(problems),
       .output_folder = output.path,
       .assets_folder = share_folder(),
       .state_file = window_state_file(),
       .session_folder = default_log_folder(),
       .can_draw = examples.can_draw,
       .examples = examples.examples,
       .sample_pictures = examples.sample_pictures,
       .samples = examples.samples,
       .save_again =
           [&](const FinishedPicture& picture) { return save(picture.request, picture.picture); },
       .save_to =
           [](const FinishedPicture& picture, const std::filesystem::path& folder) {
             return save_picture({folder}, picture.request, picture.picture);
           },
       .choose_model = choose_model,
       .rescue =
           [](const FinishedPicture& picture) {
             const auto file = rescue_picture(picture.request, picture.picture);
             spdlog::warn("a picture that was not saved is now in {}", file.string());
           },
       .ending = [&] { return ending.load(); }});
  return window.run() == WindowEnd::kStartAgain ? kStartAgain : kExitOk;
}

// The parts that were named belong to another model.
ModelOptions with_whole_model(ModelOptions options, const std::string& model) {
  options.path = model;
  options.text_encoder.clear();
  options.vae.clear();
  options.tokenizer.clear();
  return options;
}

// Whatever is wrong with the settings, the model or the device: the window opens with the starter
// model and says so. Returns as show_window(); `chosen` gets the folder of the model to start again
// with, where one was chosen.
int open_window(const CommandLine& line, const std::string& model, const BlockedSignals& signals,
                std::string& chosen) {
  std::optional<Error> refused;  // the first fault
  std::vector<StartProblem> problems;
  AppConfig config = line.config;
  if (model != config.model.path) config.model = with_whole_model(config.model, model);
  const auto note = [&](const char* title, const Error& e) {
    if (!has_display()) throw Error(e);
    spdlog::error("{}", e.what());
    problems.push_back({say(title), e.message(), e.kind() == ErrorKind::kModelFile});
    if (!refused) refused = e;
  };
  const auto choose_model = [&chosen,
                             wanted = config](const std::filesystem::path& folder) mutable {
    wanted.model = with_whole_model(wanted.model, folder.string());
    check_model(wanted);
    chosen = wanted.model.path;
  };
  if (line.config_problem) note("banner.config", *line.config_problem);
  std::unique_ptr<const Composition> app;
  try {
    app = std::make_unique<const Composition>(config);
  } catch (const Error& e) {
    note("banner.start", e);
    config.model = {};
    app = std::make_unique<const Composition>(config);
  }
  try {
    return show_window(config, *app, std::move(problems), signals, choose_model);
  } catch (const Error& e) {
    if (refused) throw *refused;  // no window either: the first fault is the one to mend
    throw;
  }
}

}  // namespace

// Started from a menu there is no terminal to say on what is wrong.
int run_window(const CommandLine& line) {
  const BlockedSignals signals;  // before the first thread
  std::string model = line.config.model.path;
  while (true) {
    std::string chosen;
    const int code = open_window(line, model, signals, chosen);
    if (code != kStartAgain || chosen.empty()) return code;
    model = chosen;
  }
}

}  // namespace headroom
