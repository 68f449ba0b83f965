#include "config_keys.h"

#include "headroom/core/bytes.h"
#include "headroom/core/languages.h"
#include "headroom/core/lower_case.h"
#include "headroom/core/number_format.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <initializer_list>

namespace headroom {
namespace {

using Values = std::vector<std::string>;

const std::string kLanguageAllowed = "auto, " + language_codes();

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Ignores case, since other programs' settings say "INFO" and "CPU".
bool set_choice(std::string& target, const Values& values,
                std::initializer_list<std::string_view> choices) {
  const std::string word = lower_ascii(values.front());
  for (const std::string_view choice : choices) {
    if (word == choice) {
      target = choice;
      return true;
    }
  }
  return false;
}

// Accepts other programs' names of the log levels, too.
bool set_level(std::string& target, const Values& values) {
  const std::string word = lower_ascii(values.front());
  if (word == "warning") {
    target = "warn";
    return true;
  }
  // Python's log levels, from settings of another program called Headroom.
  constexpr std::array<std::pair<std::string_view, const char*>, 7> kPython{{{"notset", "trace"},
                                                                             {"verbose", "debug"},
                                                                             {"10", "debug"},
                                                                             {"20", "info"},
                                                                             {"30", "warn"},
                                                                             {"40", "error"},
                                                                             {"50", "error"}}};
  for (const auto& [python, ours] : kPython) {
    if (word == python) {
      target = ours;
      return true;
    }
  }
  if (word == "err" || word == "critical" || word == "fatal") {
    target = "error";
    return true;
  }
  return set_choice(target, values, {"trace", "debug", "info", "warn", "error", "off"});
}

template <typename Number>
bool set_number(Number& target, const Values& values, Number low, Number high) {
  const std::string& text = values.front();
  Number number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return false;
  if (!(number >= low) || !(number <= high)) return false;
  target = number;
  return true;
}

bool set_bool(bool& target, const Values& values) {
  const std::string word = lower_ascii(values.front());
  for (const std::string_view yes : {"true", "yes", "on", "1"}) {
    if (word == yes) {
      target = true;
      return true;
    }
  }
  for (const std::string_view no : {"false", "no", "off", "0"}) {
    if (word == no) {
      target = false;
      return true;
    }
  }
  return false;
}

bool set_bytes(std::optional<std::int64_t>& target, const Values& values, std::int64_t least) {
  const auto bytes = parse_bytes(values.front());
  if (!bytes || *bytes < least) return false;
  target = bytes;
  return true;
}

// Replaces a leading ~ by the home folder, as a shell does. False when no home folder is known.
bool expand_home(const std::string& text, std::string& target) {
  if (text != "~" && !text.starts_with("~/")) {
    target = text;
    return true;
  }
  const char* const home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return false;
  target = home + text.substr(1);
  return true;
}

bool set_path(std::filesystem::path& target, const Values& values) {
  std::string expanded;
  if (!expand_home(values.front(), expanded)) return false;
  target = expanded;
  return true;
}

bool set_paths(std::vector<std::filesystem::path>& target, const Values& values) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& value : values) {
    if (value.empty() || !set_path(paths.emplace_back(), {value})) return false;
  }
  target = std::move(paths);
  return true;
}

// "KIND" or "KIND:N". Whether such a device exists is checked elsewhere.
bool set_device(std::string& target, const Values& values) {
  const std::string word = lower_ascii(values.front());
  const std::string kind = word.substr(0, word.find(':'));
  if (kind.empty() || kind.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos) {
    return false;
  }
  if (kind == word) {
    target = word;
    return true;
  }
  constexpr int kMaxIndex = 63;
  int index = 0;
  if (!set_number(index, {word.substr(kind.size() + 1)}, 0, kMaxIndex)) return false;
  target = kind + ":" + std::to_string(index);
  return true;
}

bool set_names(std::vector<std::string>& target, const Values& values) {
  for (const std::string& name : values) {
    if (name.empty()) return false;
  }
  target = values;
  return true;
}

constexpr int kMaxThreads = 1024;
// Of the window's size at the start; by hand it can be made smaller, see gui_toolkit/layout.h.
constexpr int kMinWindowWidth_px = 1000;
constexpr int kMinWindowHeight_px = 640;
constexpr int kMaxWindowSide_px = 16384;
constexpr double kMinUiScale = 0.5;
constexpr double kMaxUiScale = 4.0;

// A bare "6" means 6 bytes, surely a forgotten G: hence the minimum of 1 MiB.
constexpr std::string_view kBytesAllowed = "a size such as 6G or 512M, at least 1M";
constexpr std::string_view kFolderAllowed = "a folder (~ needs the HOME variable)";
constexpr std::string_view kPlaceAllowed = "a file or folder (~ needs the HOME variable)";
constexpr std::string_view kSwitchAllowed = "true or false";

// The lambdas have no captures, so that the table is plain data.
const std::array<ConfigKey, 26> kKeys{{
    {"model", "path", kPlaceAllowed,
     [](AppConfig& c, const Values& v) { return expand_home(v.front(), c.model.path); }},
    {"model", "text_encoder", kPlaceAllowed,
     [](AppConfig& c, const Values& v) { return set_path(c.model.text_encoder, v); }},
    {"model", "vae", kPlaceAllowed,
     [](AppConfig& c, const Values& v) { return set_path(c.model.vae, v); }},
    {"model", "tokenizer", kPlaceAllowed,
     [](AppConfig& c, const Values& v) { return set_path(c.model.tokenizer, v); }},
    {"model", "preview_decoder", "a file (~ needs the HOME variable), or none",
     [](AppConfig& c, const Values& v) {
       if (v.front() != kNoPreviewDecoder) return set_path(c.model.preview_decoder, v);
       c.model.preview_decoder = kNoPreviewDecoder;
       return true;
     }},
    {"model", "folders", "a list of folders (~ needs the HOME variable)",
     [](AppConfig& c, const Values& v) { return set_paths(c.model.folders, v); }, true},
    {"model", "device", "auto, cpu, or a kind of card, also with a number (KIND:N, N from 0 to 63)",
     [](AppConfig& c, const Values& v) { return set_device(c.model.device, v); }},
    {"model", "dtype", "auto, fp32, bf16, fp16, int8 or q4",
     [](AppConfig& c, const Values& v) {
       const auto format = find_number_format(lower_ascii(v.front()));
       if (format) c.model.dtype = *format;
       return format.has_value();
     }},
    {"model", "threads", "a whole number from 0 to 1024 (0: one per core)",
     [](AppConfig& c, const Values& v) { return set_number(c.model.threads, v, 0, kMaxThreads); }},
    {"model", "low_vram", kSwitchAllowed,
     [](AppConfig& c, const Values& v) { return set_bool(c.model.low_vram, v); }},
    {"model", "enable_cpu_offload", kSwitchAllowed,
     [](AppConfig& c, const Values& v) { return set_bool(c.model.low_vram, v); }, false,
     "low_vram"},
    {"model", "check_weights", kSwitchAllowed,
     [](AppConfig& c, const Values& v) { return set_bool(c.model.check_weights, v); }},
    {"model", "weight_cache", kSwitchAllowed,
     [](AppConfig& c, const Values& v) { return set_bool(c.model.weight_cache, v); }},
    {"model", "offload_layers", "a list of layer names",
     [](AppConfig& c, const Values& v) { return set_names(c.model.offload_layers, v); }, true},

    {"memory", "pretend_vram", kBytesAllowed,
     [](AppConfig& c, const Values& v) { return set_bytes(c.memory.pretend_vram_bytes, v, kMiB); }},
    {"memory", "pretend_others", "a file (~ needs the HOME variable)",
     [](AppConfig& c, const Values& v) { return set_path(c.memory.pretend_others_file, v); }},
    {"memory", "vram_cap", kBytesAllowed,
     [](AppConfig& c, const Values& v) { return set_bytes(c.memory.vram_cap_bytes, v, kMiB); }},
    {"memory", "reserve", "a size such as 512M, or 0",
     [](AppConfig& c, const Values& v) { return set_bytes(c.memory.reserve_bytes, v, 0); }},

    {"output", "folder", kFolderAllowed,
     [](AppConfig& c, const Values& v) { return set_path(c.output.folder, v); }},

    {"window", "language", kLanguageAllowed,
     [](AppConfig& c, const Values& v) {
       const std::string code = lower_ascii(v.front());
       if (code != "auto" && !is_language(code)) return false;
       c.window.language = code;
       return true;
     }},
    {"window", "theme", "dark or light",
     [](AppConfig& c, const Values& v) {
       return set_choice(c.window.theme, v, {"dark", "light"});
     }},
    {"window", "width", "a whole number from 1000 to 16384",
     [](AppConfig& c, const Values& v) {
       return set_number(c.window.width, v, kMinWindowWidth_px, kMaxWindowSide_px);
     }},
    {"window", "height", "a whole number from 640 to 16384",
     [](AppConfig& c, const Values& v) {
       return set_number(c.window.height, v, kMinWindowHeight_px, kMaxWindowSide_px);
     }},
    {"window", "ui_scale", "0 (the monitor's own) or a number from 0.5 to 4",
     [](AppConfig& c, const Values& v) {
       return set_number(c.window.ui_scale, v, 0.0, 0.0) ||
              set_number(c.window.ui_scale, v, kMinUiScale, kMaxUiScale);
     }},

    {"log", "level", "trace, debug, info, warn, error or off",
     [](AppConfig& c, const Values& v) { return set_level(c.log.level, v); }},
    {"log", "folder", kFolderAllowed,
     [](AppConfig& c, const Values& v) { return set_path(c.log.folder, v); }},
}};

}  // namespace

std::span<const ConfigKey> config_keys() { return kKeys; }

std::string full_name(const ConfigKey& key) {
  return std::string(key.section) + "." + std::string(key.name);
}

std::string environment_name(const ConfigKey& key) {
  std::string name = "HEADROOM_";
  for (const char c : key.section) name += upper(c);
  name += '_';
  for (const char c : key.name) name += upper(c);
  return name;
}

}  // namespace headroom
