#include "json_file.h"

#include "headroom/core/error.h"
#include "headroom/core/wrong_file.h"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <limits>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using Json = nlohmann::json;

constexpr std::uintmax_t kMaxFileBytes = 256U << 20U;  // a real tokenizer.json has 11 MB
constexpr int kMaxDepth = 64;

class Adapter final : public nlohmann::json_sax<Json> {
 public:
  explicit Adapter(JsonVisitor& visitor) : visitor_(visitor) {}

  bool null() override { return visitor_.null(), true; }
  bool boolean(bool value) override { return visitor_.boolean(value), true; }
  bool number_integer(number_integer_t value) override { return visitor_.integer(value), true; }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return visitor_.other(), true;
    }
    return visitor_.integer(static_cast<std::int64_t>(value)), true;
  }
  bool number_float(number_float_t, const string_t&) override { return visitor_.other(), true; }
  bool string(string_t& value) override { return visitor_.string(std::move(value)), true; }
  bool binary(binary_t&) override { return visitor_.other(), true; }
  bool key(string_t& value) override { return visitor_.key(std::move(value)), true; }
  bool start_object(std::size_t) override { return open(true); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
    throw JsonFault{say("is not valid JSON (byte {0})", position)};
  }

 private:
  bool open(bool is_object) {
    if (++depth_ > kMaxDepth) {
      throw JsonFault{say("nests deeper than {0} levels", kMaxDepth)};
    }
    return visitor_.open(is_object), true;
  }
  bool close() {
    --depth_;
    return visitor_.close(), true;
  }

  JsonVisitor& visitor_;
  int depth_ = 0;
};

}  // namespace

void throw_model_file(const std::filesystem::path& path, const Message& what) {
  throw Error(ErrorKind::kModelFile,
              say("{0} {1}; fetch the model's tokenizer folder again", path, what));
}

std::string read_text_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) throw_model_file(path, say("is missing"));
  if (!std::filesystem::is_regular_file(status)) throw_model_file(path, say("is not a file"));
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) throw_model_file(path, say("cannot be read ({0})", say_errno(error.value())));
  if (size > kMaxFileBytes) {
    throw_model_file(path, say("is {0} bytes long, more than any tokenizer", size));
  }
  std::string text(static_cast<std::size_t>(size), '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size()))) {
    throw_model_file(path, say("cannot be read to its end"));
  }
  if (const Message wrong = wrong_file(text); !wrong.empty()) {
    throw Error(ErrorKind::kModelFile, say("{0} {1}", path, wrong));
  }
  return text;
}

void parse_json_file(const std::filesystem::path& path, JsonVisitor& visitor) {
  const std::string text = read_text_file(path);
  Adapter adapter(visitor);
  try {
    Json::sax_parse(text.data(), text.data() + text.size(), &adapter);
  } catch (const JsonFault& fault) {
    throw_model_file(path, fault.what);
  }
}

}  // namespace headroom
