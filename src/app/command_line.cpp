#include "command_line.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/core/version.h"

#include "paths.h"
#include "peer_options.h"
#include "typed_values.h"

#include <cstdio>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

namespace headroom {
namespace {

using Text = std::optional<std::string>;

// Every value as it was typed: reading the numbers here keeps the messages ours.
struct Typed {
  Text config_file, model, device, dtype, threads;
  Text pretend_vram, pretend_others, vram_cap, reserve;
  bool low_vram = false;
  Text language;
  Text prompt, negative_prompt, size, preset, steps, guidance, seed, count;
  Text cfg_normalization, cfg_truncation, shift;
  Text output, dump_file, inspected, step, max;
  bool clear = false, json = false;
};

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kInvalidRequest, message);
}

// An option with a value. The last one counts when it is given twice.
void add(CLI::App& app, const std::string& group, const std::string& names, const char* value,
         Text& target, const std::string& help) {
  app.add_option_function<std::string>(
         names, [&target](const std::string& text) { target = text; }, help)
      ->type_name(value)
      ->take_last()
      ->group(group);
}

void add_config_option(CLI::App& app, Typed& typed) {
  add(app, "Program", "--config", "FILE", typed.config_file,
      "Configuration file to read on top of your own");
}

void add_memory_options(CLI::App& app, Typed& typed) {
  const std::string group = "Memory";
  add(app, group, "--pretend-vram", "SIZE", typed.pretend_vram,
      "Behave like a card of this size, e.g. 6G");
  add(app, group, "--pretend-others", "FILE", typed.pretend_others,
      "Pretend that other programs hold memory: lines like \"2.5G blender\", read again all the "
      "time");
  add(app, group, "--vram-cap", "SIZE", typed.vram_cap, "Use at most this much memory, e.g. 5G");
  add(app, group, "--vram-reserve", "SIZE", typed.reserve,
      "Leave this much memory free; default: 3 %, at least 256M or a tenth");
}

void add_model_option(CLI::App& app, Typed& typed) {
  add(app, "Model and device", "--model", "DIR", typed.model,
      "Model folder; default: the starter model. For plan and frontier also z-image or "
      "z-image-turbo: their configs come with the program");
}

void add_device_options(CLI::App& app, Typed& typed) {
  const std::string group = "Model and device";
  add(app, group, "--device", "DEVICE", typed.device,
      "auto, cpu, cuda or cuda:N; default: auto, the first card, else the CPU");
  add(app, group, "--dtype", "TYPE", typed.dtype,
      "Number format: auto, fp32, bf16, fp16, or int8 on the CPU; auto: fp32 on the CPU, bf16 on a "
      "card. plan and frontier also know int8 for cards, and q4, which cannot run yet");
  add(app, group, "--threads", "N", typed.threads, "CPU threads; default: 0, one per core");
}

void add_run_options(CLI::App& app, Typed& typed) {
  add_model_option(app, typed);
  add_device_options(app, typed);
  add_memory_options(app, typed);
  app.add_flag("--low-vram", typed.low_vram,
               "Save memory before time: of the plans that fit, the one that holds least")
      ->group("Memory");
  add_config_option(app, typed);
}

void add_request_options(CLI::App& app, Typed& typed) {
  const std::string group = "Picture";
  add(app, group, "-p,--prompt", "TEXT", typed.prompt, "What to draw");
  add(app, group, "-n,--negative", "TEXT", typed.negative_prompt,
      "What to avoid; works with guidance above 0 only");
  add(app, group, "--size", "WxH", typed.size,
      "Width and height in pixels, e.g. 768x512; default: 512x512");
  add(app, group, "--preset", "NAME", typed.preset, "Size by name: 512, 768, 1024, 16:9 or 9:16");
  add(app, group, "--steps", "N", typed.steps, "Denoising steps, 1 to 1000; default: the model's");
  add(app, group, "--guidance", "G", typed.guidance,
      "Guidance scale, 0 = off; default: the model's");
  add(app, group, "--seed", "S", typed.seed,
      "Seed of the first picture, each further one adds 1; default: a new one, as -1 and random");
  add(app, group, "--count", "N", typed.count, "How many pictures, 1 to 64; default: 1");
  add(app, group, "--cfg-normalization", "C", typed.cfg_normalization,
      "Cap the guided prediction's norm at this multiple; default: 0, no cap");
  add(app, group, "--cfg-truncation", "T", typed.cfg_truncation,
      "No guidance once the model's time passes this; default: 1, always guided");
  add(app, group, "--shift", "S", typed.shift, "Shift of the noise schedule; default: the model's");
}

void add_json_flag(CLI::App& app, Typed& typed, const char* help) {
  app.add_flag("--json", typed.json, help)->group("Output");
}

void add_cache(CLI::App& app, Typed& typed) {
  CLI::App& cache = *app.add_subcommand(
      "cache", "List the weights that are kept in the number format that they are computed in");
  cache.add_flag("--clear", typed.clear, "Remove them all");
  add_json_flag(cache, typed, "Print one JSON object");
  add_config_option(cache, typed);
}

void add_commands(CLI::App& app, Typed& typed) {
  CLI::App& generate = *app.add_subcommand("generate", "Make pictures");
  add_request_options(generate, typed);
  add(generate, "Output", "-o,--output", "FILE|DIR", typed.output,
      "A new .png file (further pictures get _2, _3, ...) or a folder; default: "
      "~/Pictures/Headroom/outputs_YYYYMMDDHHMMSS.png");
  add(generate, "Output", "--dump", "FILE", typed.dump_file,
      "Write every intermediate result of the first picture to a safetensors file");
  add_json_flag(generate, typed, "Print one JSON object a picture instead of its file name");
  add_run_options(generate, typed);

  CLI::App& plan = *app.add_subcommand("plan", "Say what a request would need; runs nothing");
  add_request_options(plan, typed);
  add_json_flag(plan, typed, "Print one JSON object");
  add_run_options(plan, typed);

  CLI::App& frontier = *app.add_subcommand("frontier", "Say which sizes fit; runs nothing");
  add(frontier, "Table", "--step", "N", typed.step, "Distance of the sizes in pixels; default: 64");
  add(frontier, "Table", "--max", "N", typed.max, "Largest side in pixels; default: 2048");
  add_request_options(frontier, typed);
  add_json_flag(frontier, typed, "Print one JSON object");
  add_run_options(frontier, typed);

  CLI::App& report =
      *app.add_subcommand("report", "Compare predicted and actual memory and time of past runs");
  add_json_flag(report, typed, "Print one JSON object");
  add_config_option(report, typed);

  CLI::App& devices = *app.add_subcommand("devices", "List devices and their memory");
  add_json_flag(devices, typed, "Print one JSON object");
  add_memory_options(devices, typed);
  add_config_option(devices, typed);

  CLI::App& calibrate = *app.add_subcommand(
      "calibrate",
      "Measure what the libraries of a device allocate for themselves, for better predictions");
  calibrate.footer(
      "\nRuns single operations, takes seconds, and stores what predictions must add for this "
      "device,\n"
      "libtorch and number format. On the CPU that is nothing. Written for cards as well, but not\n"
      "tried on one yet.");
  add_json_flag(calibrate, typed, "Print one JSON object");
  add_device_options(calibrate, typed);
  add_config_option(calibrate, typed);

  add_cache(app, typed);

  CLI::App& inspect = *app.add_subcommand(
      "inspect", "Show a picture's settings, a weight file's tensors or a model");
  add(inspect, "", "path", "FILE|DIR", typed.inspected,
      "A picture, a .safetensors file, a shard index or a model folder");
  inspect.get_option("path")->group("Positionals");
  add_json_flag(inspect, typed, "Print one JSON object");
  add_config_option(inspect, typed);

  CLI::App& tokenize = *app.add_subcommand(
      "tokenize",
      "Read lines {\"text\": ..., \"template\": false} and write lines {\"ids\": [...]}");
  add_model_option(tokenize, typed);
  add_config_option(tokenize, typed);
}

// "headroom generate --help" when a command was given.
std::string help_call(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return "headroom " + (chosen.empty() ? "" : chosen.front()->get_name() + " ") + "--help";
}

// Every option of the command that was given, or of the program.
std::vector<std::string> option_names(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  std::vector<std::string> names;
  for (const CLI::Option* const option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// What the parser could not place.
void refuse_rest(const CLI::App& app) {
  const std::vector<std::string> rest = app.remaining(/*recurse=*/true);
  if (rest.empty()) return;
  const std::string& first = rest.front();
  if (first.starts_with('-') && first.size() > 1) {
    const std::string ours = option_for(first, option_names(app));
    refuse("unknown option " + in_quotes(first) + "; " +
           (ours.empty() ? help_call(app) + " lists the options" : ours));
  }
  if (app.get_subcommands().empty()) {
    std::string names;
    for (const CLI::App* const command :
         app.get_subcommands([](const CLI::App*) { return true; })) {
      names += (names.empty() ? "" : ", ") + command->get_name();
    }
    refuse("unknown command " + in_quotes(first) + "; the commands are " + names);
  }
  refuse(in_quotes(first) + " has no place here; put texts with spaces in quotes, or see " +
         help_call(app));
}

CommandLine::Command chosen_command(const CLI::App& app) {
  using Command = CommandLine::Command;
  const auto chosen = app.get_subcommands();
  if (chosen.empty()) return Command::kWindow;
  const std::string name = chosen.front()->get_name();
  if (name == "generate") return Command::kGenerate;
  if (name == "plan") return Command::kPlan;
  if (name == "frontier") return Command::kFrontier;
  if (name == "report") return Command::kReport;
  if (name == "devices") return Command::kDevices;
  if (name == "calibrate") return Command::kCalibrate;
  if (name == "cache") return Command::kCache;
  if (name == "inspect") return Command::kInspect;
  return Command::kTokenize;
}

void read_configuration(const Typed& typed, CommandLine& line) {
  const auto read = [&](const auto& load) {
    try {
      load();
    } catch (const Error& e) {
      if (line.command != CommandLine::Command::kWindow) throw;
      if (!line.config_problem) line.config_problem = e;
    }
  };
  const std::filesystem::path user = user_config_file();
  std::error_code error;
  if (std::filesystem::exists(user, error)) read([&] { load_config_file(user, line.config); });
  if (typed.config_file) read([&] { load_config_file(*typed.config_file, line.config); });
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  read([&] { load_config_environment(environment, line.config); });
}

std::string not_empty(const std::string& option, const std::string& text) {
  if (text.empty()) refuse(option + " is empty; leave it out for the default");
  return text;
}

void apply_to_config(const Typed& typed, AppConfig& config) {
  constexpr int kMaxThreads = 1024;
  if (typed.model) config.model.path = not_empty("--model", *typed.model);
  if (typed.device) config.model.device = *typed.device;
  if (typed.dtype) config.model.dtype = *typed.dtype;
  if (typed.threads) config.model.threads = read_int("--threads", *typed.threads, 0, kMaxThreads);
  if (typed.low_vram) config.model.low_vram = true;
  MemoryOptions& memory = config.memory;
  // The least, as in the file: a bare "6" is 6 bytes, and surely a forgotten G.
  if (typed.pretend_vram) {
    memory.pretend_vram_bytes = read_bytes("--pretend-vram", *typed.pretend_vram, kMiB);
  }
  if (typed.pretend_others) {
    memory.pretend_others_file = not_empty("--pretend-others", *typed.pretend_others);
  }
  if (typed.vram_cap) memory.vram_cap_bytes = read_bytes("--vram-cap", *typed.vram_cap, kMiB);
  if (typed.reserve) memory.reserve_bytes = read_bytes("--vram-reserve", *typed.reserve, 0);
  if (typed.language) {
    if (*typed.language != "en" && *typed.language != "zh") {
      refuse("--language " + in_quotes(*typed.language) + " is not known; use en or zh");
    }
    config.window.language = *typed.language;
  }
}

void apply_to_request(const Typed& typed, CommandLine& line) {
  line.prompt = typed.prompt.value_or("");
  line.negative_prompt = typed.negative_prompt;
  if (typed.size && typed.preset) {
    refuse("--size and --preset were both given; choose one of them");
  }
  if (typed.size) line.size = read_size("--size", *typed.size);
  if (typed.preset) line.size = read_preset("--preset", *typed.preset);
  if (typed.steps) line.steps = read_int("--steps", *typed.steps, 1, kMaxSteps);
  if (typed.guidance) line.guidance = read_real("--guidance", *typed.guidance);
  if (typed.seed) line.seed = read_seed("--seed", *typed.seed);
  if (typed.count) line.count = read_int("--count", *typed.count, 1, kMaxCount);
  if (typed.cfg_normalization) {
    line.cfg_normalization = read_real("--cfg-normalization", *typed.cfg_normalization);
  }
  if (typed.cfg_truncation) {
    line.cfg_truncation = read_real("--cfg-truncation", *typed.cfg_truncation);
  }
  if (typed.shift) line.shift = read_real("--shift", *typed.shift);
  if (typed.output) line.output = not_empty("-o", *typed.output);
  if (typed.dump_file) line.dump_file = not_empty("--dump", *typed.dump_file);
  if (typed.inspected) line.inspected = not_empty("the path to inspect", *typed.inspected);
  if (typed.step) line.step = read_int("--step", *typed.step, kMinSide_px, kMaxSide_px);
  if (typed.max) line.max = read_int("--max", *typed.max, kMinSide_px, kMaxSide_px);
  line.clear = typed.clear;
  line.json = typed.json;
}

// The parser explains usage errors over several lines; one is enough.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::optional<CommandLine> read_command_line(int argc, const char* const* argv) {
  CLI::App app("Headroom makes pictures from text and never runs out of memory on the way.",
               "headroom");
  app.set_version_flag("--version", "headroom " + std::string(kVersion))->group("Program");
  app.footer(
      "\nWithout a command the window opens; \"headroom COMMAND --help\" tells more of a command.\n"
      "Exit codes: 0 done, 1 internal error, 2 bad usage or request, 3 model or file problem,\n"
      "4 does not fit in memory, 130 cancelled.");
  Typed typed;
  add(app, "Program", "--language", "LANG", typed.language, "Language of the window: en or zh");
  add_run_options(app, typed);
  app.allow_extras();  // refused below, in our words; commands inherit it
  add_commands(app, typed);
  app.require_subcommand(0, 1);

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
    refuse(first_line(e.what()) + "; " + help_call(app) + " shows the usage");
  }
  refuse_rest(app);

  CommandLine line;
  line.command = chosen_command(app);
  if (line.command == CommandLine::Command::kGenerate && !typed.prompt) {
    refuse("generate needs a prompt; say what to draw with -p \"...\"");
  }
  if (line.command == CommandLine::Command::kInspect && !typed.inspected) {
    refuse("inspect needs a picture, a weight file or a model folder; name one");
  }
  read_configuration(typed, line);
  apply_to_config(typed, line.config);
  apply_to_request(typed, line);
  return line;
}

GenerationRequest build_request(const CommandLine& line, const ModelInfo& model) {
  GenerationRequest request;
  request.prompt = line.prompt;
  request.negative_prompt = line.negative_prompt.value_or(model.negative_prompt);
  if (line.size) {
    request.width = line.size->width;
    request.height = line.size->height;
  }
  request.steps = line.steps.value_or(model.steps);
  request.guidance_scale = line.guidance.value_or(model.guidance_scale);
  request.cfg_normalization = line.cfg_normalization.value_or(0.0);
  request.cfg_truncation = line.cfg_truncation.value_or(1.0);
  request.shift = line.shift;
  request.seed = line.seed;
  request.count = line.count.value_or(1);
  return request;
}

}  // namespace headroom
