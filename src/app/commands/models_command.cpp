#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/core/size.h"

#include "cli/exit_code.h"
#include "cli/stdout_text.h"
#include "commands/commands.h"
#include "found_models.h"
#include "paths.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <system_error>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using Json = nlohmann::ordered_json;

// Models whose configs come with the program, and where their weights are.
struct KnownModel {
  const char* name;  // as --model takes it
  const char* repository;
};
constexpr std::array<KnownModel, 2> kKnownModels{
    {{"z-image-turbo", "Tongyi-MAI/Z-Image-Turbo"}, {"z-image", "Tongyi-MAI/Z-Image"}}};

// What the five sizes need of a model on this machine, or why that cannot be said.
struct Needs {
  std::vector<Forecast> presets;
  std::string problem;
};

Needs needs_of(const CommandLine& line, const std::string& model) {
  Needs needs;
  try {
    AppConfig config = line.config;
    config.model.path = model;
    needs.presets =
        preset_forecasts(config, [&](const ModelInfo& info) { return build_request(line, info); });
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::kDevice) throw;  // it is no matter of the model
    needs.problem = e.what();
  }
  return needs;
}

Json to_json(const Needs& needs) {
  Json presets = Json::array();
  for (std::size_t i = 0; i < needs.presets.size(); ++i) {
    const Forecast& forecast = needs.presets[i];
    const Plan& plan = forecast.plan;
    Json seconds = nullptr;
    if (plan.seconds > 0) seconds = plan.seconds;
    presets.push_back({{"preset", kSizePresets[i].name},
                       {"fits", forecast.fits},
                       {"peak_bytes", plan.peak_bytes},
                       {"host_peak_bytes", plan.host_peak_bytes},
                       {"seconds", seconds},
                       {"seconds_are_estimated", plan.seconds_are_estimated}});
  }
  return presets;
}

// "8 s", "31 min", "3.5 h"
std::string duration(double seconds) {
  std::array<char, 32> text{};
  if (seconds < 100) {
    std::snprintf(text.data(), text.size(), "%.0f s", std::max(seconds, 1.0));
  } else if (seconds < 6000) {
    std::snprintf(text.data(), text.size(), "%.0f min", seconds / 60);
  } else {
    std::snprintf(text.data(), text.size(), "%.1f h", seconds / 3600);
  }
  return text.data();
}

void print_needs(const Needs& needs) {
  if (!needs.problem.empty()) std::printf("  %s\n", printable(needs.problem).c_str());
  for (std::size_t i = 0; i < needs.presets.size(); ++i) {
    const Forecast& forecast = needs.presets[i];
    const Plan& plan = forecast.plan;
    std::printf("  %-5s %10s", std::string(kSizePresets[i].name).c_str(),
                format_bytes(plan.peak_bytes).c_str());
    if (!forecast.fits) {
      std::printf("  does not fit, %s short\n", format_bytes(forecast.shortfall_bytes).c_str());
    } else if (plan.seconds > 0) {
      std::printf("  %s%s\n", plan.seconds_are_estimated ? "about " : "",
                  duration(plan.seconds).c_str());
    } else {
      std::printf("  fits\n");
    }
  }
}

Json json_of(const FoundModel& model, const Needs& needs) {
  Json problem = nullptr;
  if (!model.problem.empty()) problem = model.problem.english();
  if (!needs.problem.empty()) problem = needs.problem;
  return {{"model", model.name},        {"place", model.place.string()},
          {"complete", !!model.opened}, {"problem", problem},
          {"formats", model.formats},   {"file_bytes", model.file_bytes},
          {"presets", to_json(needs)}};
}

void print(const FoundModel& model, const Needs& needs) {
  std::printf("%s%s\n", printable(model.name).c_str(),
              model.place == starter_model_folder() ? " (comes with the program)" : "");
  if (model.opened) {
    std::printf("  %s, %s of files\n", printable(formats_of(model)).c_str(),
                format_bytes(model.file_bytes).c_str());
  } else {
    std::printf("  cannot be opened: %s\n", printable(model.problem.english()).c_str());
  }
  print_needs(needs);
  std::printf("\n");
  std::fflush(stdout);  // the next one may take a second
}

bool is_among(const KnownModel& known, const std::vector<FoundModel>& models) {
  return std::any_of(models.begin(), models.end(), [&](const FoundModel& model) {
    return model.name == known.repository && model.opened;
  });
}

// With the folder that was typed among those of the settings.
CommandLine with_folder(CommandLine line) {
  if (line.looked_into.empty()) return line;
  std::error_code error;
  if (!std::filesystem::exists(line.looked_into, error)) {
    throw Error(ErrorKind::kIo,
                line.looked_into.string() + " does not exist; name the folder that models are in");
  }
  line.config.model.folders.push_back(line.looked_into);
  return line;
}

}  // namespace

int run_models(const CommandLine& typed) {
  const CommandLine line = with_folder(typed);
  const std::vector<FoundModel> models = models_here(line.config.model);
  Json out{{"models", Json::array()}, {"not_here", Json::array()}};
  for (const FoundModel& model : models) {
    const Needs needs = model.opened ? needs_of(line, model.name) : Needs();
    if (line.json) {
      out["models"].push_back(json_of(model, needs));
    } else {
      print(model, needs);
    }
  }
  for (const KnownModel& known : kKnownModels) {
    if (is_among(known, models)) continue;
    const Needs needs = needs_of(line, known.name);
    const std::string command = std::string("hf download ") + known.repository;
    if (line.json) {
      out["not_here"].push_back(
          {{"model", known.repository}, {"get", command}, {"presets", to_json(needs)}});
      continue;
    }
    std::printf("%s: not here, \"%s\" gets it; it would need\n", known.repository, command.c_str());
    print_needs(needs);
    std::printf("\n");
  }
  if (line.json) std::printf("%s\n", json_line(out).c_str());
  return kExitOk;
}

}  // namespace headroom
