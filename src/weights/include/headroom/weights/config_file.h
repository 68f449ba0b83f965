#pragma once
#include "headroom/core/message.h"

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {

// Reads a file that is one JSON object. Throws Error{kModelFile} if the file does not exist, is
// longer than `max_bytes` or is not one JSON object, if an object has a key twice, and for nesting
// deeper than such files need.
[[nodiscard]] nlohmann::json read_json_object(const std::filesystem::path& file,
                                              std::size_t max_bytes);

// Parses a text that is one JSON object, by the same rules. `what` names it in messages about
// `file`: empty for the whole file, or say("the configuration of {0}", ...).
[[nodiscard]] nlohmann::json parse_json_object(std::string_view text,
                                               const std::filesystem::path& file,
                                               const Message& what = {});

// `value` as JSON for messages, cut off when long.
[[nodiscard]] std::string shown(const nlohmann::json& value);

// One config file of a model, read key by key. Every fault is an Error{kModelFile} that names the
// file, the key, what was found and what is supported. A key that is null counts as absent.
class ConfigFile {
 public:
  explicit ConfigFile(std::filesystem::path file);
  // A config that was read from or made for `file`.
  ConfigFile(std::filesystem::path file, nlohmann::json json)
      : file_(std::move(file)), json_(std::move(json)) {}

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }

  // Returns `fallback` if the key is absent; without a fallback an absent key is a fault.
  [[nodiscard]] int integer(std::string_view key, int low, int high,
                            std::optional<int> fallback = std::nullopt) const;
  [[nodiscard]] double number(std::string_view key, double low, double high,
                              std::optional<double> fallback = std::nullopt) const;
  [[nodiscard]] bool flag(std::string_view key, bool fallback) const;
  [[nodiscard]] std::string text(std::string_view key,
                                 std::optional<std::string> fallback = std::nullopt) const;
  // Returns a list of 1 to `max_count` integers.
  [[nodiscard]] std::vector<int> integers(std::string_view key, int low, int high,
                                          std::size_t max_count) const;

  // The key must hold one of these texts.
  void require_one_of(std::string_view key, std::initializer_list<std::string_view> allowed) const;
  // The key must be absent or equal `value`.
  void require_default(std::string_view key, const nlohmann::json& value) const;
  // The key must equal `value`.
  void require(std::string_view key, const nlohmann::json& value) const;

  // For keys with a structure of their own; null when absent.
  [[nodiscard]] const nlohmann::json* find(std::string_view key) const;
  // Throws "FILE: KEY is FOUND, but SUPPORTED; <way out>".
  [[noreturn]] void fail(std::string_view key, const Message& supported) const;

 private:
  std::filesystem::path file_;
  nlohmann::json json_;
};

}  // namespace headroom
