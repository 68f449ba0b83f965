#include "headroom/gui_state/forgotten.h"

#include "headroom/records/request_json.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <nlohmann/json.hpp>

namespace headroom {
namespace {

std::string prompt_of(const SavedSession& session) {
  return session.settings ? session.settings->draft.prompt : std::string();
}

std::string negative_of(const SavedSession& session) {
  return session.settings ? session.settings->draft.negative_prompt : std::string();
}

bool has_prompt(const SavedSession& session, const std::string& prompt) {
  return prompt_of(session) == prompt ||
         std::ranges::find(session.prompts, prompt) != session.prompts.end();
}

bool has_mask(const SavedSession& kept, const InitImage::File& mask) {
  std::error_code ignored;
  return kept.mask && kept.mask->sha256 == mask.sha256 &&
         std::filesystem::exists(kept.mask->path, ignored);
}

// Start pictures have pixels in one request and a path in the other, so those are not compared.
bool has_job(const SavedSession& kept, const GenerationRequest& job) {
  return std::ranges::any_of(kept.queue, [asked = to_json(job)](const GenerationRequest& other) {
    return to_json(other) == asked;
  });
}

}  // namespace

Forgotten forgotten(const SavedSession& now, const SavedSession& kept) {
  Forgotten lost;
  const auto add = [&](const std::string& prompt) {
    if (prompt.empty() || has_prompt(kept, prompt)) return;
    if (std::ranges::find(lost.prompts, prompt) == lost.prompts.end())
      lost.prompts.push_back(prompt);
  };
  add(prompt_of(now));
  for (const std::string& prompt : now.prompts) add(prompt);
  const std::string negative = negative_of(now);
  lost.negative = !negative.empty() && negative != negative_of(kept);
  lost.mask = now.mask && !has_mask(kept, *now.mask);
  lost.jobs = static_cast<std::size_t>(std::ranges::count_if(
      now.queue, [&](const GenerationRequest& job) { return !has_job(kept, job); }));
  return lost;
}

}  // namespace headroom
