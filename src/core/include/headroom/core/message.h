#pragma once
#include <concepts>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// A text for a person, kept as a pattern and its values until the language is known. The English
// pattern is the key: where a catalogue (configs/lang) has words for it, those are used, else the
// English. A plain value.
class Message {
 public:
  Message() = default;  // an empty message
  // A text that is the same in every language: a name, a number, a path.
  Message(std::string text) : english_(std::move(text)) {}
  Message(const char* text) : english_(text) {}
  // `key` names the words in the catalogues; `english` is said where there are none.
  Message(std::string key, std::string english, std::vector<Message> values)
      : key_(std::move(key)), english_(std::move(english)), values_(std::move(values)) {}

  [[nodiscard]] const std::string& key() const { return key_; }  // empty: said as it is
  [[nodiscard]] const std::string& pattern() const { return english_; }
  [[nodiscard]] const std::vector<Message>& values() const { return values_; }
  [[nodiscard]] std::string english() const;
  [[nodiscard]] bool empty() const { return english_.empty(); }
  void clear() { *this = {}; }
  friend bool operator==(const Message&, const Message&) = default;

 private:
  std::string key_;
  std::string english_;  // a pattern where there is a key
  std::vector<Message> values_;
};

// Replaces {0}, {1}, ... in `pattern`.
[[nodiscard]] std::string fill_pattern(std::string_view pattern,
                                       const std::vector<std::string>& values);

template <typename Value>
[[nodiscard]] Message to_message(const Value& value) {
  if constexpr (std::integral<Value>) {
    return std::to_string(value);
  } else if constexpr (std::same_as<Value, std::filesystem::path>) {
    return value.string();
  } else if constexpr (std::same_as<Value, std::string_view>) {
    return std::string(value);
  } else {
    return Message(value);
  }
}

// A sentence with values: say("the tensors cover {0} of {1} bytes of data", used, all). Values are
// texts, paths, whole numbers, or messages.
template <typename... Values>
[[nodiscard]] Message say(std::string pattern, const Values&... values) {
  std::string english = pattern;
  return {std::move(pattern), std::move(english), {to_message(values)...}};
}

// "a, b, c", each said in the language's words.
[[nodiscard]] Message say_list(const std::vector<Message>& items);

// Why the system refused something, of an error number such as ENOSPC.
[[nodiscard]] Message say_errno(int error_number);

// An execution option: "evict-encoder", "stream-blocks:6".
[[nodiscard]] Message say_option(const std::string& option);

}  // namespace headroom
