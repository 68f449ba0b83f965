#include "headroom/core/error.h"
#include "headroom/text/prompt_tokenizer.h"
#include "commands.h"
#include "exit_code.h"
#include "paths.h"

#include <cstdio>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

namespace headroom {

int run_tokenize(const CommandLine& line) {
  const std::filesystem::path model =
      line.config.model.path.empty() ? starter_model_folder() : std::filesystem::path(line.config.model.path);
  const PromptTokenizer tokenizer(model / "tokenizer");
  std::string text;
  for (int number = 1; std::getline(std::cin, text); ++number) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("text") || !json["text"].is_string() ||
        (json.contains("template") && !json["template"].is_boolean())) {
      throw Error(ErrorKind::kInvalidRequest,
                  "standard input, line " + std::to_string(number) +
                      R"(: expected a JSON object like {"text": "a cat", "template": false})");
    }
    const std::string prompt = json["text"].get<std::string>();
    const bool with_template = json.value("template", false);
    const auto ids = with_template ? tokenizer.encode_prompt(prompt) : tokenizer.encode(prompt);
    std::printf("%s\n", nlohmann::json{{"ids", ids}}.dump().c_str());
    std::fflush(stdout);  // a program at the other end of a pipe may be waiting for this line
  }
  return kExitOk;
}

}  // namespace headroom
