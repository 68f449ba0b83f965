#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace headroom {

// What a model's folder says of what it can draw: examples.json with, per language,
// {"can_draw": one line, "examples": [prompts], "samples": [prompts]}, the last of the pictures
// samples/0.jpg and so on, and may be missing. Empty when the file is missing or not of that form.
struct ModelExamples {
  std::map<std::string, std::string> can_draw;
  std::map<std::string, std::vector<std::string>> examples;
  std::map<std::string, std::vector<std::string>> samples;
  std::vector<std::filesystem::path> sample_pictures;
};
[[nodiscard]] ModelExamples read_model_examples(const std::filesystem::path& model_root);

}  // namespace headroom
