#include "chosen_loras.h"

#include "headroom/config/paths.h"
#include "headroom/core/error.h"
#include "headroom/core/typed_numbers.h"
#include "headroom/model_files/find_loras.h"

#include <cstddef>
#include <filesystem>
#include <system_error>

namespace headroom {
namespace fs = std::filesystem;
namespace {

bool is_file(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// A path may contain colons: the text after the last one is a strength only if it is a number and
// the whole text is not a file.
AskedLora read_option(const std::string& typed, const std::vector<fs::path>& folders) {
  std::string place = typed;
  double strength = 1.0;
  const std::size_t colon = typed.rfind(':');
  if (colon != std::string::npos && !is_file(typed)) {
    if (const auto number = parse_real(typed.substr(colon + 1))) {
      place = typed.substr(0, colon);
      strength = *number;
    }
  }
  if (place.empty()) {
    throw Error(ErrorKind::kInvalidRequest,
                "--lora names no file; write --lora FILE or --lora FILE:0.8");
  }
  const fs::path file = is_file(place) ? fs::path(place) : find_lora(place, folders);
  return {{tag_name(file.stem().string()), strength}, file};
}

}  // namespace

std::vector<fs::path> lora_folders(const ModelFolder& model, const std::vector<fs::path>& shelves) {
  std::vector<fs::path> folders = lora_folders_around(model);
  folders.insert(folders.end(), shelves.begin(), shelves.end());
  folders.push_back(lora_folder());
  return folders;
}

std::shared_ptr<const OpenedLoras> open_loras(const TypedLoras& typed, const ModelFolder& model,
                                              const std::vector<fs::path>& shelves) {
  const std::vector<LoraTag> tags = take_lora_tags(typed.prompt).loras;
  if (tags.empty() && typed.options.empty()) return nullptr;
  const std::vector<fs::path> folders = lora_folders(model, shelves);
  std::vector<AskedLora> asked;
  asked.reserve(tags.size() + typed.options.size());
  for (const LoraTag& tag : tags) asked.push_back({tag, find_lora(tag.name, folders)});
  for (const std::string& option : typed.options) asked.push_back(read_option(option, folders));
  return std::make_shared<const OpenedLoras>(model.transformer, asked);
}

GenerationRequest with_loras(GenerationRequest request, const OpenedLoras* opened_loras) {
  if (opened_loras == nullptr) return request;
  const std::vector<LoraTag> tags = opened_loras->tags();
  for (std::size_t i = take_lora_tags(request.prompt).loras.size(); i < tags.size(); ++i) {
    request.prompt += (request.prompt.empty() ? "" : " ") + write_lora_tag(tags[i]);
  }
  return request;
}

}  // namespace headroom
