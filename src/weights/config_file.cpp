#include "headroom/weights/config_file.h"

#include "headroom/core/wrong_file.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/posix_file.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <sstream>
#include <utility>

namespace headroom {
namespace {

constexpr std::size_t kMaxConfigBytes = 1024 * 1024;
constexpr std::size_t kMaxDepth = 16;

[[noreturn]] void fail_json(const std::filesystem::path& file, const Message& what,
                            const Message& fault) {
  fail_model_file(file, what.empty() ? fault : say("{0} {1}", what, fault));
}

// The parser builds a document without recursion, but other uses of a document recurse, so its
// depth is limited while it is built. Repeated keys are refused, since Python and other readers
// disagree about which one counts.
class DocumentGuard {
 public:
  DocumentGuard(const std::filesystem::path& file, const Message& what)
      : file_(file), what_(what) {}

  bool operator()(int /*depth*/, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (keys_.size() == kMaxDepth) {
        fail_json(
            file_, what_,
            say("is nested more than {0} levels deep, which no such file is; download it again",
                kMaxDepth));
      }
      keys_.emplace_back();
    } else if (event == Event::object_end || event == Event::array_end) {
      keys_.pop_back();
    } else if (event == Event::key) {
      const std::string& key = parsed.get_ref<const std::string&>();
      if (!keys_.back().insert(key).second) {
        fail_json(file_, what_, say("has the key {0} twice; download it again", in_quotes(key)));
      }
    }
    return true;
  }

 private:
  const std::filesystem::path& file_;
  const Message& what_;                      // what is being read, for messages
  std::vector<std::set<std::string>> keys_;  // for each object that is open
};

std::optional<std::int64_t> as_integer(const nlohmann::json& value) {
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() >
          static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return std::nullopt;
  }
  if (!value.is_number_integer()) return std::nullopt;
  return value.get<std::int64_t>();
}

template <typename Number>
Message range_text(const Message& what, Number low, Number high) {
  const auto shown_number = [](Number number) {
    std::ostringstream text;
    text << number;
    return text.str();
  };
  return say("it must be {0} from {1} to {2}", what, shown_number(low), shown_number(high));
}

}  // namespace

nlohmann::json read_json_object(const std::filesystem::path& file, std::size_t max_bytes) {
  const std::string text = read_whole_file(file, max_bytes);
  if (const Message wrong = wrong_file(text); !wrong.empty()) fail_model_file(file, wrong);
  return parse_json_object(text, file);
}

nlohmann::json parse_json_object(std::string_view text, const std::filesystem::path& file,
                                 const Message& what) {
  // The parser takes a zero byte for the end of its input and would ignore what follows.
  if (text.find('\0') != std::string_view::npos) {
    fail_json(file, what, say("holds a zero byte, so it is not JSON; download it again"));
  }
  nlohmann::json json;
  // The parser copies its callback. The lambda refers to one guard, so that copies share its
  // state.
  DocumentGuard guard(file, what);
  try {
    json = nlohmann::json::parse(
        text, [&guard](int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
          return guard(depth, event, parsed);
        });
  } catch (const nlohmann::json::parse_error& error) {
    fail_json(file, what, say("is not valid JSON (at byte {0}); download it again", error.byte));
  } catch (const nlohmann::json::exception&) {  // such as a number that no double can hold
    fail_json(file, what, say("is not valid JSON (a number is out of range); download it again"));
  }
  if (!json.is_object()) fail_json(file, what, say("is not a JSON object; download it again"));
  return json;
}

std::string shown(const nlohmann::json& value) {
  if (const auto* text = value.get_ptr<const std::string*>()) return in_quotes(*text);
  const std::string text = in_quotes(value.dump());
  return text.substr(1, text.size() - 2);  // messages show JSON without quotes around it
}

ConfigFile::ConfigFile(std::filesystem::path file)
    : file_(std::move(file)), json_(read_json_object(file_, kMaxConfigBytes)) {}

const nlohmann::json* ConfigFile::find(std::string_view key) const {
  const auto found = json_.find(std::string(key));
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

void ConfigFile::fail(std::string_view key, const Message& supported) const {
  const nlohmann::json* value = find(key);
  fail_model_file(
      file_, value == nullptr
                 ? say("{0} is missing, but {1}; download the file again or choose another model",
                       key, supported)
                 : say("{0} is {1}, but {2}; download the file again or choose another model", key,
                       shown(*value), supported));
}

int ConfigFile::integer(std::string_view key, int low, int high,
                        std::optional<int> fallback) const {
  const nlohmann::json* value = find(key);
  if (value == nullptr && fallback) return *fallback;
  const std::optional<std::int64_t> number = value ? as_integer(*value) : std::nullopt;
  if (!number || *number < low || *number > high) {
    fail(key, range_text(say("a whole number"), low, high));
  }
  return static_cast<int>(*number);
}

double ConfigFile::number(std::string_view key, double low, double high,
                          std::optional<double> fallback) const {
  const nlohmann::json* value = find(key);
  if (value == nullptr && fallback) return *fallback;
  const double number =
      value != nullptr && value->is_number() ? value->get<double>() : std::nan("");
  if (!(number >= low && number <= high)) fail(key, range_text(say("a number"), low, high));
  return number;
}

bool ConfigFile::flag(std::string_view key, bool fallback) const {
  const nlohmann::json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) fail(key, say("it must be true or false"));
  return value->get<bool>();
}

std::string ConfigFile::text(std::string_view key, std::optional<std::string> fallback) const {
  const nlohmann::json* value = find(key);
  if (value == nullptr && fallback) return *std::move(fallback);
  if (value == nullptr || !value->is_string()) fail(key, say("it must be a text"));
  return value->get<std::string>();
}

std::vector<int> ConfigFile::integers(std::string_view key, int low, int high,
                                      std::size_t max_count) const {
  const nlohmann::json* value = find(key);
  std::vector<int> result;
  if (value != nullptr && value->is_array() && value->size() <= max_count) {
    for (const nlohmann::json& item : *value) {
      const std::optional<std::int64_t> number = as_integer(item);
      if (!number || *number < low || *number > high) break;
      result.push_back(static_cast<int>(*number));
    }
  }
  if (result.empty() || result.size() != value->size()) {
    fail(key,
         say("it must be a list of 1 to {0} whole numbers from {1} to {2}", max_count, low, high));
  }
  return result;
}

void ConfigFile::require_one_of(std::string_view key,
                                std::initializer_list<std::string_view> allowed) const {
  const nlohmann::json* value = find(key);
  Message list;
  for (const std::string_view name : allowed) {
    if (value != nullptr && *value == name) return;
    list = list.empty() ? Message(in_quotes(name)) : say("{0} or {1}", list, in_quotes(name));
  }
  fail(key, say("only {0} is supported", list));
}

void ConfigFile::require_default(std::string_view key, const nlohmann::json& value) const {
  const nlohmann::json* found = find(key);
  if (found != nullptr && *found != value) fail(key, say("only {0} is supported", shown(value)));
}

void ConfigFile::require(std::string_view key, const nlohmann::json& value) const {
  const nlohmann::json* found = find(key);
  if (found == nullptr || *found != value) fail(key, say("only {0} is supported", shown(value)));
}

}  // namespace headroom
