#include "headroom/records/find_settings.h"

#include "headroom/core/error.h"
#include "headroom/core/lower_case.h"
#include "headroom/core/quote.h"
#include "headroom/image/picture_info.h"
#include "headroom/records/a1111_text.h"
#include "headroom/records/foreign_json.h"
#include "headroom/records/headroom_entry.h"

#include "foreign_object.h"
#include "invokeai_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

// ComfyUI's nodes that save compressed pictures write "prompt:{...}" into EXIF's Make and Model.
std::string without_label(const std::string& text) {
  for (const std::string_view label : {"prompt:", "Prompt:", "workflow:", "Workflow:"}) {
    if (text.starts_with(label) && text.find('{') == label.size()) return text.substr(label.size());
  }
  return text;
}

std::optional<ReadSettings> read_one(const PictureText& entry) {
  if (entry.keyword == "headroom") {
    try {
      return parse_headroom_entry(entry.value);
    } catch (const Error&) {
      return std::nullopt;  // the text is still shown, and another entry may say the same
    }
  }
  if (lower_ascii(entry.keyword) == "dream") return parse_dream_command(entry.value);
  if (auto settings = parse_foreign_json(without_label(entry.value))) return settings;
  try {
    return parse_a1111_parameters(entry.value);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Keywords that programs use, compared without case; the one that tells most comes first. Other
// entries are only shown as text.
constexpr std::array<std::string_view, 12> kKeywords{
    "headroom", "parameters",  "invokeai_metadata", "sd-metadata",
    "Dream",    "UserComment", "Comment",           "prompt",
    "Make",     "Model",       "ImageDescription",  "Description"};

// NovelAI has the prompt in a separate entry; only newer versions repeat it in the JSON.
void add_description(const std::vector<PictureText>& texts, ReadSettings& settings) {
  if (settings.source != "novelai" || !settings.request.prompt.empty()) return;
  for (const PictureText& text : texts) {
    if (text.keyword != "Description" || text.value.size() > kMaxPromptBytes) continue;
    settings.request.prompt = text.value;
    settings.found.emplace_back("prompt");
  }
}

// Easy Diffusion and scripts write each setting as a separate entry.
std::optional<ReadSettings> read_all(const std::vector<PictureText>& texts) {
  nlohmann::json object = nlohmann::json::object();
  std::string lines;
  for (const PictureText& text : texts) {
    object[text.keyword] = text.value;
    lines += text.keyword + ": " + text.value + "\n";
  }
  const bool easy_diffusion =
      object.contains("use_stable_diffusion_model") || object.contains("Stable Diffusion model");
  auto settings = read_foreign_object(object, easy_diffusion ? "easy diffusion" : "entries", lines);
  if (!settings) return std::nullopt;
  // Any program may write a title with the keyword "prompt", so more than that is needed.
  const auto says = [&](std::string_view field) {
    return std::find(settings->found.begin(), settings->found.end(), field) !=
           settings->found.end();
  };
  const auto numbers = std::count_if(
      settings->found.begin(), settings->found.end(),
      [](const std::string& field) { return field != "prompt" && field != "negative_prompt"; });
  if (!says("prompt") || numbers == 0) return std::nullopt;
  settings->is_of_all_texts = true;
  return settings;
}

std::optional<ReadSettings> find_raw_settings(const std::vector<PictureText>& texts) {
  for (const std::string_view keyword : kKeywords) {
    // Programs that edit a picture add an entry after the old one, so the last one is read first.
    for (auto text = texts.rbegin(); text != texts.rend(); ++text) {
      if (lower_ascii(text->keyword) != lower_ascii(keyword)) continue;
      if (auto settings = read_one(*text)) {
        add_description(texts, *settings);
        return settings;
      }
    }
  }
  return read_all(texts);
}

}  // namespace

std::optional<ReadSettings> find_settings(const std::vector<PictureText>& texts) {
  std::optional<ReadSettings> settings = find_raw_settings(texts);
  if (!settings) return std::nullopt;
  GenerationRequest& request = settings->request;
  request.prompt = drop_controls(request.prompt);
  request.negative_prompt = drop_controls(request.negative_prompt);
  return settings;
}

}  // namespace headroom
