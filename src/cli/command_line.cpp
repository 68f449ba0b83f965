#include "headroom/cli/command_line.h"

#include "headroom/config/paths.h"
#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/languages.h"
#include "headroom/core/number_format.h"
#include "headroom/core/quote.h"
#include "headroom/core/version.h"
#include "headroom/device/device.h"

#include "option_groups.h"
#include "peer_options.h"
#include "request_settings.h"
#include "typed_values.h"

#include <algorithm>
#include <cstdio>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

namespace headroom {
namespace {

[[noreturn]] void refuse(const Message& message) {
  throw Error(ErrorKind::kInvalidRequest, message);
}

// "headroom generate --help", with the command if one was given.
std::string help_call(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return "headroom " + (chosen.empty() ? "" : chosen.front()->get_name() + " ") + "--help";
}

// All options of the command that was given, or of the program.
std::vector<std::string> option_names(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  std::vector<std::string> names;
  for (const CLI::Option* const option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// Refuses arguments that the parser could not assign.
void refuse_rest(const CLI::App& app) {
  const std::vector<std::string> rest = app.remaining(/*recurse=*/true);
  if (rest.empty()) return;
  const std::string& first = rest.front();
  if (first.starts_with('-') && first.size() > 1) {
    const Message ours = option_for(first, option_names(app));
    refuse(say("unknown option {0}; {1}", in_quotes(first),
               ours.empty() ? say("{0} lists the options", help_call(app)) : ours));
  }
  if (app.get_subcommands().empty()) {
    std::string names;
    for (const CLI::App* const command :
         app.get_subcommands([](const CLI::App*) { return true; })) {
      names += (names.empty() ? "" : ", ") + command->get_name();
    }
    refuse(say("unknown command {0}; the commands are {1}", in_quotes(first), names));
  }
  refuse(say("{0} has no place here; put texts with spaces in quotes, or see {1}", in_quotes(first),
             help_call(app)));
}

// All options and commands of the program.
void add_options(CLI::App& app, std::span<const Command> commands, TypedOptions& typed) {
  add(app, "Program", "--language", "LANG", typed.language,
      "Language of the window: " + language_codes());
  add_run_options(app, typed);
  // So that the caller can refuse them with its own message; commands inherit this.
  app.allow_extras();
  for (const Command& command : commands) {
    command.add_options(*app.add_subcommand(std::string(command.name), command.what), typed);
  }
  app.require_subcommand(0, 1);
}

const Command* chosen_command(const CLI::App& app, std::span<const Command> commands) {
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) return nullptr;
  return &*std::ranges::find(commands, chosen.front()->get_name(), &Command::name);
}

// The config room checks only the form of a device; which devices exist is known here.
void check_device(AppConfig& config) {
  const std::string device = config.model.device;
  if (is_device_word(device)) return;
  config.model.device = "auto";
  throw Error(ErrorKind::kConfig,
              say("{0}: {1} is not allowed; use {2}", config.places.at("model.device"),
                  in_quotes(device), device_words()));
}

// A command stops at the first fault. The window opens with the settings that can be read, and
// reports the others.
void read_configuration(const TypedOptions& typed, CommandLine& line) {
  std::vector<Error>* const faults = line.command == nullptr ? &line.config_problems : nullptr;
  const std::filesystem::path user = user_config_file();
  std::error_code error;
  if (std::filesystem::exists(user, error)) load_config_file(user, line.config, faults);
  if (typed.config_file) load_config_file(*typed.config_file, line.config, faults);
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  load_config_environment(environment, line.config, faults);
  try {
    check_device(line.config);
  } catch (const Error& e) {
    if (faults == nullptr) throw;
    faults->push_back(e);
  }
}

std::string not_empty(const std::string& option, const std::string& text) {
  if (text.empty()) refuse(say("{0} is empty; leave it out for the default", option));
  return text;
}

void apply_to_config(const TypedOptions& typed, AppConfig& config) {
  constexpr int kMaxThreads = 1024;
  if (typed.model) config.model.path = not_empty("--model", *typed.model);
  if (typed.text_encoder) {
    config.model.text_encoder = not_empty("--text-encoder", *typed.text_encoder);
  }
  if (typed.vae) config.model.vae = not_empty("--vae", *typed.vae);
  if (typed.tokenizer) config.model.tokenizer = not_empty("--tokenizer", *typed.tokenizer);
  if (typed.device) config.model.device = *typed.device;
  if (typed.dtype) config.model.dtype = read_number_format(*typed.dtype);
  if (typed.threads) config.model.threads = read_int("--threads", *typed.threads, 0, kMaxThreads);
  if (typed.low_vram) config.model.low_vram = true;
  MemoryOptions& memory = config.memory;
  // The same minimum as in the file: a bare "6" is 6 bytes, surely a forgotten G.
  if (typed.pretend_vram) {
    memory.pretend_vram_bytes = read_bytes("--pretend-vram", *typed.pretend_vram, kMiB);
  }
  if (typed.pretend_others) {
    memory.pretend_others_file = not_empty("--pretend-others", *typed.pretend_others);
  }
  if (typed.vram_cap) memory.vram_cap_bytes = read_bytes("--vram-cap", *typed.vram_cap, kMiB);
  if (typed.reserve) memory.reserve_bytes = read_bytes("--vram-reserve", *typed.reserve, 0);
  if (typed.language) {
    if (!is_language(*typed.language)) {
      refuse(say("{0} {1} {2}", "--language", in_quotes(*typed.language),
                 say("is not known; use {0}", language_codes())));
    }
    config.window.language = *typed.language;
  }
}

// Refuses the options that only a model uses: an upscaler enlarges the picture without one.
void refuse_model_options(const TypedOptions& typed) {
  const auto check = [](const std::string& option, bool is_typed) {
    if (is_typed) refuse(option + " is for a model, and --how upscaler asks none; leave it out");
  };
  check("--model", typed.model.has_value());
  check("--prompt", typed.prompt.has_value());
  check("--lora", !typed.loras.empty());
  for (const RequestSetting& setting : request_settings())
    check("--" + std::string(setting.name), (typed.*setting.typed).has_value());
}

void apply_finish(const TypedOptions& typed, CommandLine& line) {
  if (typed.finish_size) line.finish_size = read_finish_size("--size", *typed.finish_size);
  if (typed.preset) line.finish_size = read_preset("--preset", *typed.preset);
  // "refine" alone leaves the strength to the model.
  if (typed.finish_how && *typed.finish_how != "refine")
    line.finish_how = read_finish_method("--how", *typed.finish_how);
  if (line.finish_how && !line.finish_how->upscaler.empty()) refuse_model_options(typed);
}

void apply_start(const TypedOptions& typed, CommandLine& line) {
  const auto need_picture = [&](const char* option, bool is_typed) {
    if (!is_typed || typed.init_image) return;
    refuse(say("{0} needs a picture to start from; name it with --init-image FILE", option));
  };
  need_picture("--mask", typed.mask.has_value());
  need_picture("--strength", typed.strength.has_value());
  need_picture("--outpaint", typed.outpaint.has_value());
  need_picture("--fit", typed.fit.has_value());
  if (typed.init_image) line.init_image = not_empty("--init-image", *typed.init_image);
  if (typed.mask) line.mask = not_empty("--mask", *typed.mask);
  if (typed.outpaint) line.outpaint = read_margins("--outpaint", *typed.outpaint);
  if (typed.fit) line.pad = read_fit("--fit", *typed.fit);
  if (typed.outpaint && (line.size || typed.fit)) {
    refuse(say("--outpaint says how large the canvas is, so {0} has no place beside it",
               typed.fit ? "--fit" : "--size or --preset"));
  }
}

void apply_upscale(const TypedOptions& typed, CommandLine& line) {
  if (typed.scale) line.scale = read_int("--scale", *typed.scale, 2, 4);
  if (typed.denoise) {
    line.denoise = read_real("--denoise", *typed.denoise);
    if (!(*line.denoise >= 0 && *line.denoise <= 1)) {
      refuse("--denoise " + in_quotes(*typed.denoise) + " is not between 0 and 1");
    }
  }
  line.dry_run = typed.dry_run;
}

void apply_to_request(const TypedOptions& typed, CommandLine& line) {
  line.prompt = typed.prompt.value_or("");
  if (typed.prompts) line.prompts_file = not_empty("--prompts", *typed.prompts);
  if (typed.wildcards) line.wildcards = not_empty("--wildcards", *typed.wildcards);
  if ((typed.size || typed.finish_size) && typed.preset) {
    refuse(say("{0} and {1} were both given; choose one of them", "--size", "--preset"));
  }
  for (const RequestSetting& setting : request_settings()) {
    const TypedOptions::Text& text = typed.*setting.typed;
    if (text) setting.apply("--" + std::string(setting.name), *text, line);
  }
  if (typed.count) line.count = read_int("--count", *typed.count, 1, kMaxCount, NumberOf::kCount);
  for (const std::string& lora : typed.loras) line.loras.push_back(not_empty("--lora", lora));
  if (typed.grid_x) line.grid_x = read_grid_axis("--grid-x", *typed.grid_x);
  if (typed.grid_y) line.grid_y = read_grid_axis("--grid-y", *typed.grid_y);
  apply_start(typed, line);
  for (const std::string& picture : typed.pictures) {
    line.pictures.push_back(not_empty("the name of a picture", picture));
  }
  apply_finish(typed, line);
  apply_upscale(typed, line);
  if (typed.output) line.output = not_empty("-o", *typed.output);
  if (typed.dump_file) line.dump_file = not_empty("--dump", *typed.dump_file);
  if (typed.folder) line.looked_into = not_empty("the folder of models", *typed.folder);
  if (typed.inspected) line.inspected = not_empty("the path to inspect", *typed.inspected);
  line.quantized_to = typed.to.value_or("");
  line.network = typed.network.value_or("transformer");
  if (typed.step) line.step = read_int("--step", *typed.step, kMinSide_px, kMaxSide_px);
  if (typed.max) line.max = read_int("--max", *typed.max, kMinSide_px, kMaxSide_px);
  line.inspects_model = typed.text_encoder || typed.vae || typed.tokenizer;
  line.waiting = typed.waiting;
  line.drop = typed.drop;
  line.list = typed.list;
  line.model_is_typed = typed.model.has_value();
  if (line.drop && line.waiting.empty()) {
    refuse(
        say("resume --drop needs names of pictures, which \"headroom resume --list\" lists, or "
            "all"));
  }
  line.clear = typed.clear;
  line.json = typed.json;
}

// The parser's message names the option first and may have several lines; only the first is used.
[[noreturn]] void refuse_parse(const CLI::ParseError& e, const std::string& help) {
  const std::string text = e.what();
  const std::string line = text.substr(0, text.find('\n'));
  const std::size_t colon = line.find(": ");
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&e) != nullptr && line.starts_with('-') &&
      colon != std::string::npos && line.ends_with(" missing")) {
    refuse(say("{0} needs a value; {1} shows the usage", line.substr(0, colon), help));
  }
  refuse(say("the options cannot be read ({0}); {1} shows the usage", line, help));
}

}  // namespace

std::optional<CommandLine> read_command_line(int argc, const char* const* argv,
                                             std::span<const Command> commands) {
  CLI::App app("Headroom makes pictures from text and never runs out of memory on the way.",
               "headroom");
  app.set_version_flag("--version", "headroom " + std::string(kVersion))->group("Program");
  app.footer(
      "\nWithout a command the window opens; \"headroom COMMAND --help\" tells more of a command.\n"
      "Exit codes: 0 done, 1 internal error, 2 bad usage or request, 3 model or file problem,\n"
      "4 does not fit in memory, 130 cancelled.");
  TypedOptions typed;
  add_options(app, commands, typed);

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    const std::string help = chosen.empty() ? app.help() : chosen.front()->help("headroom");
    std::fputs(help.c_str(), stdout);
    return std::nullopt;
  } catch (const CLI::CallForVersion& e) {
    std::printf("%s\n", e.what());
    return std::nullopt;
  } catch (const CLI::ParseError& e) {
    refuse_parse(e, help_call(app));
  }
  refuse_rest(app);

  CommandLine line;
  line.command = chosen_command(app, commands);
  if (line.command != nullptr && line.command->check != nullptr) line.command->check(typed);
  if (typed.prompt && typed.prompts) {
    refuse(say("{0} and {1} were both given; choose one of them", "-p", "--prompts"));
  }
  read_configuration(typed, line);
  apply_to_config(typed, line.config);
  apply_to_request(typed, line);
  return line;
}

void apply_typed(const CommandLine& line, GenerationRequest& request) {
  if (!line.prompt.empty()) request.prompt = line.prompt;
  if (line.negative_prompt) request.negative_prompt = *line.negative_prompt;
  if (line.size) {
    request.width = line.size->width;
    request.height = line.size->height;
  }
  if (line.steps) request.steps = *line.steps;
  if (line.guidance) request.guidance_scale = *line.guidance;
  if (line.cfg_normalization) request.cfg_normalization = *line.cfg_normalization;
  if (line.cfg_truncation) request.cfg_truncation = *line.cfg_truncation;
  if (line.shift) request.shift = line.shift;
  if (line.seed) request.seed = line.seed;
  if (line.variation) request.variation = line.variation;
  if (line.variety) request.variety = line.variety;
  if (line.seed_mode) request.seed_mode = *line.seed_mode;
  if (line.count) request.count = *line.count;
}

GenerationRequest build_request(const CommandLine& line, const ModelInfo& model) {
  GenerationRequest request;
  request.negative_prompt = model.negative_prompt;
  request.steps = model.steps;
  request.guidance_scale = model.guidance_scale;
  apply_typed(line, request);
  return request;
}

}  // namespace headroom
