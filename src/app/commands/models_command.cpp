#include "headroom/cli/exit_code.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/core/size.h"

#include "commands/commands.h"
#include "offer_models.h"

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

Json to_json(const std::vector<Forecast>& forecasts) {
  Json presets = Json::array();
  for (std::size_t i = 0; i < forecasts.size(); ++i) {
    const Forecast& forecast = forecasts[i];
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

// The name for --model.
std::string name_of(const ModelOffer& offer) {
  return offer.is_starter ? offer.place : offer.model;
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

void print_needs(const std::vector<Forecast>& forecasts) {
  for (std::size_t i = 0; i < forecasts.size(); ++i) {
    const Forecast& forecast = forecasts[i];
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

Json json_of(const ModelOffer& offer) {
  if (!offer.is_here) {
    return {{"model", offer.place}, {"get", offer.get}, {"presets", to_json(offer.presets)}};
  }
  Json problem = nullptr;
  if (!offer.problem.empty()) problem = offer.problem.english();
  Json get = nullptr;
  if (!offer.get.empty()) get = offer.get;
  return {{"model", name_of(offer)},           {"place", offer.place},
          {"complete", offer.problem.empty()}, {"problem", problem},
          {"missing", offer.missing},          {"get", get},
          {"formats", offer.formats},          {"file_bytes", offer.file_bytes},
          {"presets", to_json(offer.presets)}};
}

void print(const ModelOffer& offer) {
  if (!offer.is_here) {
    std::printf("%s: not here, \"%s\" gets it; it would need\n", offer.place.c_str(),
                offer.get.c_str());
  } else {
    std::printf("%s%s\n", printable(name_of(offer)).c_str(),
                offer.is_starter ? " (comes with the program)" : "");
    if (!offer.formats.empty()) {
      std::printf("  %s, %s of files\n", printable(formats_of(offer)).c_str(),
                  format_bytes(offer.file_bytes).c_str());
    }
  }
  if (!offer.problem.empty())
    std::printf("  cannot be opened: %s\n", printable(offer.problem.english()).c_str());
  print_needs(offer.presets);
  std::printf("\n");
  std::fflush(stdout);  // the next one may take a second
}

// Adds the typed folder to those of the settings.
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
  Json out{{"models", Json::array()}, {"not_here", Json::array()}};
  const auto request_for = [&](const ModelInfo& info) { return build_request(line, info); };
  offer_models(line.config, request_for, [&](const ModelOffer& offer) {
    if (!offer.is_judged) return;  // it comes again when its needs are known
    if (line.json) {
      out[offer.is_here ? "models" : "not_here"].push_back(json_of(offer));
    } else {
      print(offer);
    }
  });
  if (line.json) std::printf("%s\n", json_line(out).c_str());
  return kExitOk;
}

}  // namespace headroom
