#pragma once
#include "headroom/core/message.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// The texts of one language, read from a flat YAML file of `key: text`. A plain value.
class StringTable {
 public:
  StringTable() = default;
  // Throws Error{kConfig} "FILE:LINE: ..." when the file cannot be read or is not a flat map of
  // texts.
  explicit StringTable(const std::filesystem::path& file);

  // Adds texts whose keys are not there yet. Throws as the constructor does.
  void add(const std::filesystem::path& file);

  // The text called `key`, or the key itself: a missing text looks bad but must not end the
  // program.
  [[nodiscard]] std::string text(std::string_view key) const;
  // `message` in this language; parts that have no translation stay English.
  [[nodiscard]] std::string words(const Message& message) const;
  [[nodiscard]] bool contains(std::string_view key) const { return texts_.contains(key); }
  [[nodiscard]] std::vector<std::string> keys() const;  // sorted

 private:
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace headroom
