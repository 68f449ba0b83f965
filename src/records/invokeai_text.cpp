#include "invokeai_text.h"

#include "foreign_object.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;
using Option = std::pair<std::string, std::string>;  // "-s", "50"; a switch has no value

// Each try reads the rest of the text, so the number is limited.
constexpr int kMaxTries = 32;
constexpr std::string_view kBlanks = " \t\r\n";

// The option's name in other programs' JSON; empty if no request has a field for it.
std::string_view field_of(std::string_view option) {
  struct Known {
    std::string_view brief, whole, field;
  };
  constexpr std::array<Known, 5> kKnown{{{"-s", "--steps", "steps"},
                                         {"-S", "--seed", "seed"},
                                         {"-W", "--width", "width"},
                                         {"-H", "--height", "height"},
                                         {"-C", "--cfg_scale", "cfg_scale"}}};
  for (const Known& known : kKnown) {
    if (option == known.brief || option == known.whole) return known.field;
  }
  return {};
}

// Splits words like a shell, but without escapes.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    if (text.empty()) return words;
    std::string word;
    while (!text.empty() && kBlanks.find(text.front()) == std::string_view::npos) {
      const char first = text.front();
      text.remove_prefix(1);
      const std::size_t end =
          first == '"' || first == '\'' ? text.find(first) : std::string_view::npos;
      if (end == std::string_view::npos) {
        word += first;
      } else {
        word += text.substr(0, end);
        text.remove_prefix(end + 1);
      }
    }
    words.push_back(std::move(word));
  }
}

bool is_option(std::string_view word) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const std::size_t name = word.starts_with("--") ? 2 : 1;
  return word.starts_with('-') && word.size() > name && is_letter(word[name]);
}

// Reads options such as "-s50", "-s 50" and "--steps=50"; nothing when `text` has anything else.
std::optional<std::vector<Option>> options_of(std::string_view text) {
  std::vector<Option> options;
  bool takes_value = false;
  for (const std::string& word : words_of(text)) {
    if (is_option(word)) {
      const bool whole = word.starts_with("--");
      const std::size_t end = whole ? std::min(word.find('='), word.size()) : 2;
      const std::size_t value = whole ? std::min(end + 1, word.size()) : end;
      options.emplace_back(word.substr(0, end), word.substr(value));
      takes_value = options.back().second.empty();
    } else if (std::exchange(takes_value, false)) {
      options.back().second = word;
    } else {
      return std::nullopt;
    }
  }
  return options;
}

bool makes_a_picture(const std::optional<std::vector<Option>>& options) {
  return options && std::any_of(options->begin(), options->end(), [](const Option& option) {
           return !field_of(option.first).empty();
         });
}

// Quotes inside a prompt are not escaped, so the prompt ends at the first quote after which there
// are only options.
std::optional<std::pair<std::string, std::vector<Option>>> split(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const bool quoted = text.starts_with('"') || text.starts_with('\'');
  int tries = 0;
  const std::string ends = quoted ? std::string(1, text.front()) : std::string(kBlanks);
  if (quoted) text.remove_prefix(1);
  for (std::size_t at = text.find_first_of(ends); at != std::string_view::npos;
       at = text.find_first_of(ends, at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    const std::size_t first = rest.find_first_not_of(kBlanks);
    if (first == std::string_view::npos || rest[first] != '-') continue;
    if (++tries > kMaxTries) return std::nullopt;
    auto options = options_of(rest);
    if (makes_a_picture(options)) return std::pair(std::string(text.substr(0, at)), *options);
  }
  return std::nullopt;
}

std::string with_single_blanks(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool blank = kBlanks.find(c) != std::string_view::npos;
    if (!blank) result += c;
    if (blank && !result.empty() && result.back() != ' ') result += ' ';
  }
  while (result.ends_with(' ')) result.pop_back();
  return result;
}

}  // namespace

json with_negative_apart(json settings) {
  const auto whole = settings.contains("prompt") ? prompt_of(settings["prompt"]) : std::nullopt;
  if (!whole || whole->find('[') == std::string::npos) return settings;
  std::string prompt;
  std::string negative;
  for (std::size_t at = 0; at < whole->size();) {
    const std::size_t open = std::min(whole->find('[', at), whole->size());
    const std::size_t close = whole->find(']', open);
    if (close == std::string::npos) {  // a bracket that is never closed is a character
      prompt += whole->substr(at);
      break;
    }
    prompt += whole->substr(at, open - at) + " ";
    negative += (negative.empty() ? "" : " ") + whole->substr(open + 1, close - open - 1);
    at = close + 1;
  }
  if (negative.empty()) return settings;
  settings["prompt"] = with_single_blanks(prompt);
  if (!settings.contains("negative_prompt")) settings["negative_prompt"] = negative;
  return settings;
}

std::optional<ReadSettings> parse_dream_command(const std::string& text) {
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  json fields{{"prompt", parts->first}};
  std::vector<Option> unknown;
  for (const auto& [option, value] : parts->second) {
    const std::string_view field = field_of(option);
    if (field.empty()) {
      unknown.emplace_back(option, value);
    } else {
      fields[std::string(field)] = value;
    }
  }
  auto settings = read_foreign_object(with_negative_apart(std::move(fields)), "invokeai", text);
  if (settings) settings->unknown.insert(settings->unknown.end(), unknown.begin(), unknown.end());
  return settings;
}

}  // namespace headroom
