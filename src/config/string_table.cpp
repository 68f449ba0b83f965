#include "headroom/config/string_table.h"

#include "headroom/core/error.h"

#include <yaml-cpp/yaml.h>

namespace headroom {

StringTable::StringTable(const std::filesystem::path& file) { add(file); }

void StringTable::add(const std::filesystem::path& file) {
  const auto fail = [&](int line, const std::string& what) {
    const std::string place = line > 0 ? ":" + std::to_string(line) : "";
    throw Error(ErrorKind::kConfig, file.string() + place + ": " + what);
  };
  YAML::Node root;
  try {
    root = YAML::LoadFile(file.string());
  } catch (const YAML::BadFile&) {
    fail(0, "cannot read the texts of this language; is the installation complete?");
  } catch (const YAML::ParserException& e) {
    fail(e.mark.line + 1, "this is not valid YAML: " + e.msg);
  }
  if (!root.IsMap()) fail(1, "a language file holds lines of `key: text`");
  for (const auto& entry : root) {
    const int line = entry.first.Mark().line + 1;
    if (!entry.first.IsScalar() || !entry.second.IsScalar()) {
      fail(line, "a language file holds lines of `key: text`");
    }
    if (!texts_.emplace(entry.first.Scalar(), entry.second.Scalar()).second) {
      fail(line, entry.first.Scalar() + " is there twice; remove one of the two");
    }
  }
}

std::string StringTable::text(std::string_view key) const {
  const auto found = texts_.find(key);
  return found == texts_.end() ? std::string(key) : found->second;
}

std::string StringTable::words(const Message& message) const {
  const auto found = texts_.find(message.key());
  if (message.key().empty() || (found == texts_.end() && message.values().empty()))
    return message.english();
  std::vector<std::string> values;
  values.reserve(message.values().size());
  for (const Message& value : message.values()) values.push_back(words(value));
  return fill_pattern(found == texts_.end() ? message.pattern() : found->second, values);
}

std::vector<std::string> StringTable::keys() const {
  std::vector<std::string> names;
  names.reserve(texts_.size());
  for (const auto& [key, text] : texts_) names.push_back(key);
  return names;
}

}  // namespace headroom
