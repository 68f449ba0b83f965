#include "model_examples.h"

#include <fstream>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace headroom {

ModelExamples read_model_examples(const std::filesystem::path& model_root) {
  const std::filesystem::path file = model_root / "examples.json";
  ModelExamples result;
  std::ifstream in(file);
  if (!in) return result;
  try {
    const auto json = nlohmann::json::parse(in);
    for (const auto& [language, entry] : json.items()) {
      result.can_draw[language] = entry.at("can_draw").get<std::string>();
      result.examples[language] = entry.at("examples").get<std::vector<std::string>>();
      result.samples[language] = entry.value("samples", std::vector<std::string>());
    }
  } catch (const nlohmann::json::exception& e) {
    spdlog::warn("{}: {}; the window shows no examples", file.string(), e.what());
    return {};
  }
  std::error_code error;
  const auto picture = [&](std::size_t i) {
    return model_root / "samples" / (std::to_string(i) + ".jpg");
  };
  for (std::size_t i = 0; std::filesystem::exists(picture(i), error); ++i)
    result.sample_pictures.push_back(picture(i));
  return result;
}

}  // namespace headroom
