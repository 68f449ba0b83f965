#include "headroom/cli/exit_code.h"
#include "headroom/cli/stdout_text.h"
#include "headroom/core/error.h"
#include "headroom/text/prompt_tokenizer.h"

#include "chosen_model.h"
#include "commands/commands.h"

#include <cstdio>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

struct TextLine {
  std::string text;
  bool with_template = false;
};

[[noreturn]] void refuse(int number, const std::string& reason) {
  throw Error(ErrorKind::kInvalidRequest,
              "standard input, line " + std::to_string(number) + ": " + reason +
                  R"(; each line must be an object like {"text": "a cat", "template": false})");
}

TextLine read_line(const std::string& line, int number) {
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) refuse(number, "this is not JSON in UTF-8");
  if (!json.is_object()) refuse(number, "this is not an object");
  TextLine result;
  for (const auto& [key, value] : json.items()) {
    if (key == "text" && value.is_string()) {
      result.text = value.get<std::string>();
    } else if (key == "template" && value.is_boolean()) {
      result.with_template = value.get<bool>();
    } else {
      refuse(number, "\"" + key + "\" is unknown or of the wrong type");
    }
  }
  if (!json.contains("text")) refuse(number, "\"text\" is missing");
  return result;
}

}  // namespace

int run_tokenize(const CommandLine& line) {
  const PromptTokenizer tokenizer(chosen_tokenizer(line.config.model));
  std::string text;
  for (int number = 1; std::getline(std::cin, text); ++number) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    const TextLine typed = read_line(text, number);
    const auto ids =
        typed.with_template ? tokenizer.encode_prompt(typed.text) : tokenizer.encode(typed.text);
    std::printf("%s\n", json_line({{"ids", ids}}).c_str());
    flush_output();  // a program at the other end of a pipe may wait for this line
  }
  if (std::ferror(stdin) != 0) {
    throw Error(ErrorKind::kIo, "standard input cannot be read; give it lines of JSON");
  }
  return kExitOk;
}

}  // namespace headroom
