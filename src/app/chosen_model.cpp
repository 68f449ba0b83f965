#include "chosen_model.h"

#include "paths.h"

#include <string>
#include <system_error>

namespace headroom {
namespace fs = std::filesystem;
namespace {

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// A path, or the name of a model whose configs come with the program.
fs::path model_place(const std::string& path) {
  if (path.empty()) return starter_model_folder();
  const fs::path known = known_models_folder() / path;
  const bool is_name = path.find('/') == std::string::npos && path != "." && path != "..";
  return is_name && !is_there(path) && is_there(known) ? known : fs::path(path);
}

}  // namespace

ModelPlaces chosen_places(const ModelOptions& options) {
  return {model_place(options.path).string(), options.text_encoder, options.vae, options.tokenizer,
          hugging_face_cache()};
}

fs::path chosen_tokenizer(const ModelOptions& options) {
  const fs::path model = model_place(options.path);
  const bool is_whole = is_there(model / "tokenizer") || is_there(model / "model_index.json");
  if (options.tokenizer.empty() && is_whole) return model / "tokenizer";
  std::error_code error;
  const fs::path& given = options.tokenizer;
  if (!given.empty()) return fs::is_directory(given, error) ? given : given.parent_path();
  return open_model(chosen_places(options)).parts.tokenizer;
}

}  // namespace headroom
