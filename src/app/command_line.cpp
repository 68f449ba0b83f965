#include "command_line.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/size.h"
#include "headroom/core/version.h"
#include "paths.h"

#include <charconv>
#include <cstdio>
#include <vector>

#include <unistd.h>

#include <CLI/CLI.hpp>

namespace headroom {
namespace {

// What CLI11 fills; turned into a CommandLine afterwards, so that messages are ours.
struct Typed {
  std::string size, preset;
  std::string config_file, model, device, dtype, pretend_vram, vram_cap, reserve, language;
  std::string seed;
  std::optional<int> threads;
  bool low_vram = false;
};

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kInvalidRequest, message);
}

std::int64_t bytes_of(const std::string& option, const std::string& text) {
  const auto bytes = parse_bytes(text);
  if (!bytes || *bytes <= 0) {
    refuse(option + " \"" + text + "\" is not an amount of memory; write it like 6G or 5500M");
  }
  return *bytes;
}

void add_device_options(CLI::App& app, Typed& typed) {
  app.add_option("--config", typed.config_file, "Configuration file to read on top of the user's")
      ->type_name("FILE");
  app.add_option("--model", typed.model, "Model folder; default: the starter model")->type_name("DIR");
  app.add_option("--device", typed.device, "auto, cpu, cuda or cuda:N")->type_name("DEVICE");
  app.add_option("--dtype", typed.dtype, "Number format: auto, fp32, bf16 or fp16")->type_name("TYPE");
  app.add_option("--threads", typed.threads, "CPU threads; 0 = one per core")->type_name("N");
  app.add_option("--pretend-vram", typed.pretend_vram, "Behave like a card of this size, e.g. 6G")
      ->type_name("SIZE");
  app.add_option("--vram-cap", typed.vram_cap, "Use at most this much memory, e.g. 5G")
      ->type_name("SIZE");
  app.add_option("--vram-reserve", typed.reserve, "Leave this much memory free; default 256M or 3 %")
      ->type_name("SIZE");
  app.add_flag("--low-vram", typed.low_vram, "Prefer plans that hold less in memory");
}

void add_request_options(CLI::App& app, Typed& typed, CommandLine& line, bool needs_prompt) {
  CLI::Option* const prompt =
      app.add_option("-p,--prompt", line.prompt, "What to draw")->type_name("TEXT");
  if (needs_prompt) prompt->required();
  app.add_option("-n,--negative", line.negative_prompt, "What to avoid; needs guidance above 0")
      ->type_name("TEXT");
  CLI::Option* const size =
      app.add_option("--size", typed.size, "Width and height in pixels, e.g. 768x512")->type_name("WxH");
  app.add_option("--preset", typed.preset, "512, 768, 1024, 16:9 or 9:16")
      ->type_name("NAME")
      ->excludes(size);
  app.add_option("--steps", line.steps, "Denoising steps; default: the model's")->type_name("N");
  app.add_option("--guidance", line.guidance, "Guidance scale, 0 = off; default: the model's")
      ->type_name("G");
  app.add_option("--seed", typed.seed, "Seed of the first picture; default: a new one")->type_name("S");
  app.add_option("--count", line.count, "How many pictures")->type_name("N");
  app.add_option("--cfg-normalization", line.cfg_normalization,
                 "Cap the guided prediction's norm at this multiple; 0 = no cap")
      ->type_name("C");
  app.add_option("--cfg-truncation", line.cfg_truncation,
                 "No guidance once the model's time passes this; 1 = always guided")
      ->type_name("T");
  app.add_option("--shift", line.shift, "Shift of the noise schedule; default: the model's")
      ->type_name("S");
}

void apply(const Typed& typed, CommandLine& line) {
  AppConfig& config = line.config;
  const std::filesystem::path user = user_config_file();
  if (std::filesystem::exists(user)) load_config_file(user, config);
  if (!typed.config_file.empty()) load_config_file(typed.config_file, config);
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  load_config_environment(environment, config);

  if (!typed.model.empty()) config.model.path = typed.model;
  if (!typed.device.empty()) config.model.device = typed.device;
  if (!typed.dtype.empty()) config.model.dtype = typed.dtype;
  if (typed.threads) {
    if (*typed.threads < 0 || *typed.threads > 1024) {
      refuse("--threads is " + std::to_string(*typed.threads) + "; it must be from 0 to 1024");
    }
    config.model.threads = *typed.threads;
  }
  if (typed.low_vram) config.model.low_vram = true;
  if (!typed.pretend_vram.empty()) {
    config.memory.pretend_vram_bytes = bytes_of("--pretend-vram", typed.pretend_vram);
  }
  if (!typed.vram_cap.empty()) config.memory.vram_cap_bytes = bytes_of("--vram-cap", typed.vram_cap);
  if (!typed.reserve.empty()) {
    config.memory.reserve_bytes = bytes_of("--vram-reserve", typed.reserve);
  }
  if (!typed.language.empty()) {
    if (typed.language != "en" && typed.language != "zh") {
      refuse("--language \"" + typed.language + "\" is not known; use en or zh");
    }
    config.window.language = typed.language;
  }
  if (!typed.size.empty()) {
    line.size = parse_size(typed.size);
    if (!line.size) refuse("--size \"" + typed.size + "\" is not a size; write it like 768x512");
  }
  if (!typed.preset.empty()) {
    const auto preset = find_preset(typed.preset);
    if (!preset) {
      refuse("--preset \"" + typed.preset + "\" is not known; use 512, 768, 1024, 16:9 or 9:16");
    }
    line.size = preset->size;
  }
  if (!typed.seed.empty()) {
    std::uint64_t seed = 0;
    const char* const end = typed.seed.data() + typed.seed.size();
    const auto [rest, error] = std::from_chars(typed.seed.data(), end, seed);
    if (error != std::errc() || rest != end) {
      refuse("--seed \"" + typed.seed + "\" is not a seed; use a whole number from 0 to 2^64 - 1");
    }
    line.seed = seed;
  }
}

// CLI11 explains usage errors over several lines; one is enough.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::optional<CommandLine> read_command_line(int argc, char** argv) {
  CLI::App app("Headroom makes pictures from text and never runs out of memory on the way.", "headroom");
  app.set_version_flag("--version", "headroom " + std::string(kVersion));
  app.fallthrough();  // device options may stand before or after the command
  app.footer("Without a command the window opens. Exit codes: 0 done, 1 internal error, 2 bad usage or "
             "request,\n3 model or file problem, 4 does not fit in memory, 130 cancelled.");
  CommandLine line;
  Typed typed;
  add_device_options(app, typed);
  app.add_option("--language", typed.language, "Language of the window: en or zh")->type_name("LANG");

  CLI::App* const generate = app.add_subcommand("generate", "Make pictures");
  add_request_options(*generate, typed, line, /*needs_prompt=*/true);
  generate->add_option("-o,--output", line.output, "A .png file or a folder")->type_name("FILE|DIR");
  generate->add_option("--dump", line.dump_file, "Write every intermediate result to a safetensors file")
      ->type_name("FILE");
  generate->add_flag("--json", line.json, "Print one JSON object a picture");

  CLI::App* const plan = app.add_subcommand("plan", "Say what a request would need; runs nothing");
  add_request_options(*plan, typed, line, /*needs_prompt=*/false);
  plan->add_flag("--json", line.json, "Print JSON");

  CLI::App* const devices = app.add_subcommand("devices", "List devices and their memory");
  devices->add_flag("--json", line.json, "Print JSON");

  CLI::App* const inspect =
      app.add_subcommand("inspect", "Show a picture's settings, a weight file's tensors or a model");
  inspect->add_option("path", line.inspected, "Picture, .safetensors file or model folder")->required();
  inspect->add_flag("--json", line.json, "Print JSON");

  CLI::App* const tokenize =
      app.add_subcommand("tokenize", "Read JSON lines {\"text\": ..., \"template\": false} and write {\"ids\": [...]}");
  app.require_subcommand(0, 1);

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    std::fputs((chosen.empty() ? &app : chosen.front())->help().c_str(), stdout);
    return std::nullopt;
  } catch (const CLI::CallForVersion& e) {
    std::printf("%s\n", e.what());
    return std::nullopt;
  } catch (const CLI::ParseError& e) {
    refuse(first_line(e.what()) + "; headroom --help shows the usage");
  }

  using Command = CommandLine::Command;
  if (*generate) line.command = Command::kGenerate;
  if (*plan) line.command = Command::kPlan;
  if (*devices) line.command = Command::kDevices;
  if (*inspect) line.command = Command::kInspect;
  if (*tokenize) line.command = Command::kTokenize;
  apply(typed, line);
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
