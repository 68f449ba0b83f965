#include "headroom/config/app_config.h"

#include "headroom/core/error.h"
#include "headroom/core/nearest_name.h"
#include "headroom/core/quote.h"

#include "config_keys.h"
#include "yaml_file.h"

#include <algorithm>
#include <map>
#include <string_view>

#include <yaml-cpp/yaml.h>

namespace headroom {
namespace {

constexpr std::string_view kEnvironmentPrefix = "HEADROOM_";
[[noreturn]] void refuse(const Message& message) { throw Error(ErrorKind::kConfig, message); }

Message all_in_quotes(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + in_quotes(value);
  return text.empty() ? say("an empty list") : Message(text);
}

// Completes "use ...". Messages are keyed by their English text, so each `allowed` is translated
// on its own.
Message allowed_by(const ConfigKey& key) { return say(std::string(key.allowed)); }

// What happens to faults: the first is thrown, or all are collected and reading continues.
class Faults {
 public:
  explicit Faults(std::vector<Error>* all) : all_(all) {}

  template <typename Reading>
  void read(const Reading& reading) {
    try {
      reading();
    } catch (const Error& e) {
      if (all_ == nullptr) throw;
      all_->push_back(e);
    }
  }

 private:
  std::vector<Error>* all_;
};

// Applies settings one by one and notices when one is given under both of its names.
class Overlay {
 public:
  explicit Overlay(const AppConfig& config) : config_(config) {}

  // `label` is how messages name the setting: "FILE:LINE: model.path" or "HEADROOM_MODEL_PATH".
  void set(const ConfigKey& key, const std::vector<std::string>& values, const std::string& label) {
    const std::string_view name = key.alias_of.empty() ? key.name : key.alias_of;
    const std::string setting = std::string(key.section) + "." + std::string(name);
    const auto [before, is_new] = labels_.emplace(setting, label);
    if (!is_new) {
      refuse(say("{0}: the same setting is already given at {1}; keep one of them", label,
                 before->second));
    }
    if ((values.empty() && !key.is_list) || !key.set(config_, values)) {
      refuse(
          say("{0}: {1} is not allowed; use {2}", label, all_in_quotes(values), allowed_by(key)));
    }
    config_.places[setting] = label;
  }

  [[nodiscard]] const AppConfig& config() const { return config_; }

 private:
  AppConfig config_;
  std::map<std::string, std::string> labels_;  // setting -> where it was given
};

std::vector<std::string> sections() {
  std::vector<std::string> names;
  for (const ConfigKey& key : config_keys()) {
    if (names.empty() || names.back() != key.section) names.emplace_back(key.section);
  }
  return names;
}

// One YAML file on its way into an Overlay.
class FileReader {
 public:
  FileReader(const std::filesystem::path& file, Overlay& overlay, Faults& faults)
      : file_(file.string()), overlay_(overlay), faults_(faults) {}

  void read_document(const YAML::Node& document) {
    if (document.IsNull()) return;
    if (!document.IsMap()) {
      refuse(say("{0}the file must consist of sections such as \"model:\" with keys below them",
                 at(document)));
    }
    const std::vector<std::string> known = sections();
    Lines lines;
    for (const auto& entry : document) {
      faults_.read([&] {
        const std::string section = key_text(entry.first);
        // If a section is given twice, that is a fault, but what is below the second heading is
        // still read.
        faults_.read([&] { check_new(lines, entry.first, "", section); });
        if (std::find(known.begin(), known.end(), section) == known.end()) {
          refuse_unknown_section(entry.first, section, known);
        }
        read_section(section, entry.second);
      });
    }
  }

 private:
  using Lines = std::map<std::string, int>;  // key -> line where it was first given

  // "FILE:LINE: "; yaml-cpp counts from 0 and has no line for a missing value.
  [[nodiscard]] std::string at(const YAML::Node& node) const {
    const int line = node.Mark().line;
    return line < 0 ? file_ + ": " : file_ + ":" + std::to_string(line + 1) + ": ";
  }

  [[nodiscard]] std::string key_text(const YAML::Node& key) const {
    if (!key.IsScalar()) refuse(say("{0}a key must be a plain word", at(key)));
    return key.Scalar();
  }

  // YAML forbids equal keys, but yaml-cpp keeps them all.
  void check_new(Lines& lines, const YAML::Node& node, const std::string& prefix,
                 const std::string& key) const {
    const auto [first, is_new] = lines.emplace(key, node.Mark().line + 1);
    if (!is_new) {
      refuse(say("{0}: it is already given in line {1}; keep one of them", at(node) + prefix + key,
                 first->second));
    }
  }

  [[noreturn]] void refuse_unknown_section(const YAML::Node& node, const std::string& typed,
                                           const std::vector<std::string>& known) const {
    // A known key at the outermost level: its section was forgotten.
    for (const ConfigKey& key : config_keys()) {
      if (key.name == typed) {
        refuse(say("{0}: this key belongs below \"{1}:\"", at(node) + typed, key.section));
      }
    }
    refuse(say("{0}: there is no such section{1}", at(node) + typed, suggest(typed, known)));
  }

  void read_section(const std::string& section, const YAML::Node& map) {
    if (map.IsNull()) return;
    if (!map.IsMap()) refuse(say("{0}: a section must have keys below it", at(map) + section));
    Lines lines;
    for (const auto& entry : map) {
      faults_.read([&] {
        const std::string key = key_text(entry.first);
        check_new(lines, entry.first, section + ".", key);
        const std::string typed = section + "." + key;
        read_value(find_key(entry.first, typed), entry.second, at(entry.first) + typed);
      });
    }
  }

  [[nodiscard]] const ConfigKey& find_key(const YAML::Node& node, const std::string& typed) const {
    for (const ConfigKey& key : config_keys()) {
      if (full_name(key) == typed) return key;
    }
    refuse(
        say("{0}: there is no such key{1}", at(node) + typed, suggest(typed, known_config_keys())));
  }

  void read_value(const ConfigKey& key, const YAML::Node& value, const std::string& label) {
    if (value.IsNull()) return;
    std::vector<std::string> values;
    if (value.IsScalar()) {
      if (key.is_list) {
        refuse(say("{0}: one value is not allowed; use {1}", label, allowed_by(key)));
      }
      values.push_back(value.Scalar());
    } else if (value.IsSequence() && key.is_list) {
      for (const YAML::Node& item : value) {
        if (!item.IsScalar()) {
          refuse(say("{0}: use {1}", at(item) + full_name(key), allowed_by(key)));
        }
        values.push_back(item.Scalar());
      }
    } else {
      refuse(value.IsSequence()
                 ? say("{0}: a list is not allowed; use {1}", label, allowed_by(key))
                 : say("{0}: a map is not allowed; use {1}", label, allowed_by(key)));
    }
    overlay_.set(key, values, label);
  }

  std::string file_;
  Overlay& overlay_;
  Faults& faults_;
};

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

// Files of environment variables keep the quotes that a shell removes.
std::string without_quotes(const std::string& text) {
  const bool is_quoted = text.size() > 1 && text.front() == text.back() &&
                         (text.front() == '"' || text.front() == '\'');
  return is_quoted ? trimmed(std::string_view(text).substr(1, text.size() - 2)) : text;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (true) {
    const std::size_t comma = text.find(',');
    items.push_back(trimmed(text.substr(0, comma)));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

const ConfigKey* find_environment_key(const std::string& name) {
  for (const ConfigKey& key : config_keys()) {
    if (environment_name(key) == name) return &key;
  }
  return nullptr;
}

// The variable of this program that `name` was meant to be: misspelt, or without its section.
// Other programs use the prefix too, so a name that is farther away is ignored.
std::string meant_variable(const std::string& name) {
  constexpr std::size_t kSlips = 2;
  std::vector<std::string> known;
  for (const ConfigKey& key : config_keys()) {
    known.push_back(environment_name(key));
    const std::string without_section =
        std::string(kEnvironmentPrefix) +
        known.back().substr(kEnvironmentPrefix.size() + key.section.size() + 1);
    if (name == without_section) return known.back();
  }
  // Of a short word at the end, most letters must be right: NAME is not VAE.
  const std::size_t word = name.size() - 1 - name.rfind('_');
  return nearest_name(name, known, std::min(kSlips, word > 0 ? (word - 1) / 2 : 0));
}

}  // namespace

std::vector<std::string> known_config_keys() {
  std::vector<std::string> names;
  for (const ConfigKey& key : config_keys()) names.push_back(full_name(key));
  return names;
}

void load_config_file(const std::filesystem::path& file, AppConfig& config,
                      std::vector<Error>* all_faults) {
  Overlay overlay(config);
  Faults faults(all_faults);
  faults.read([&] {
    FileReader(file, overlay, faults).read_document(read_yaml_file(file, "configs/config.yaml"));
  });
  config = overlay.config();
}

void load_config_environment(const std::vector<std::string>& environment, AppConfig& config,
                             std::vector<Error>* all_faults) {
  Overlay overlay(config);
  Faults faults(all_faults);
  std::vector<Message> warnings;
  for (const std::string& variable : environment) {
    const std::size_t equals = variable.find('=');
    if (!variable.starts_with(kEnvironmentPrefix) || equals == std::string::npos) continue;
    const std::string name = variable.substr(0, equals);
    const ConfigKey* const key = find_environment_key(name);
    if (key == nullptr) {
      const std::string meant = meant_variable(name);
      if (!meant.empty()) {
        warnings.push_back(
            say("{0} is set, but there is no such setting; did you mean {1}?", name, meant));
      }
      continue;
    }
    const std::string value =
        without_quotes(trimmed(std::string_view(variable).substr(equals + 1)));
    if (value.empty()) continue;
    faults.read([&] {
      overlay.set(*key, key->is_list ? split_list(value) : std::vector<std::string>{value}, name);
    });
  }
  config = overlay.config();
  config.warnings.insert(config.warnings.end(), warnings.begin(), warnings.end());
}

}  // namespace headroom
