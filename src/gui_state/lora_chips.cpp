#include "headroom/gui_state/lora_chips.h"

#include "headroom/core/error.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace headroom {
namespace {

constexpr std::string_view kStart = "<lora:";

struct Span {
  std::size_t begin, end;
};

// Position of the n-th tag in a prompt whose tags can be read.
std::optional<Span> place_of(const std::string& prompt, std::size_t n) {
  std::size_t at = prompt.find(kStart);
  for (; n > 0 && at != std::string::npos; --n) at = prompt.find(kStart, prompt.find('>', at));
  if (at == std::string::npos) return std::nullopt;
  const std::size_t end = prompt.find('>', at);
  if (end == std::string::npos) return std::nullopt;
  return Span{at, end + 1};
}

}  // namespace

std::vector<LoraTag> lora_tags(const std::string& prompt) {
  try {
    return take_lora_tags(prompt).loras;
  } catch (const Error&) {
    return {};  // checks of the prompt report what is wrong
  }
}

std::string with_lora(const std::string& prompt, std::size_t n, const std::optional<LoraTag>& tag) {
  const auto place = place_of(prompt, n);
  if (!place) return prompt;
  std::string before = prompt.substr(0, place->begin);
  std::string after = prompt.substr(place->end);
  if (tag) return before + write_lora_tag(*tag) + after;
  // Also removes the blank that separated the tag from words.
  if (before.ends_with(' ') && (after.empty() || after.front() == ' ' || after.front() == ',')) {
    before.pop_back();
  } else if (before.empty() && after.starts_with(' ')) {
    after.erase(0, 1);
  }
  return before + after;
}

std::string with_lora(const std::string& prompt, const LoraTag& tag) {
  const bool apart = prompt.empty() || prompt.ends_with(' ') || prompt.ends_with('\n');
  return prompt + (apart ? "" : " ") + write_lora_tag(tag);
}

std::string loras_of_run(const std::string& prompt) {
  std::string tags;
  for (const LoraTag& tag : lora_tags(prompt)) {
    if (tag.strength != 0) tags += write_lora_tag({tag.name});
  }
  return tags;
}

void LoraWatch::use(std::shared_ptr<const ModelOnDevice> model,
                    const std::vector<std::filesystem::path>& files) {
  model_ = std::move(model);
  known_.clear();
  if (!model_->loras.add) return;
  for (const std::filesystem::path& file : files) {
    try {
      model_->loras.add(file);
    } catch (const Error&) {
      // The tag's chip reports this.
    }
  }
}

const LoraWatch::Known& LoraWatch::look(const LoraTag& tag, double now) {
  constexpr double kLookAgain_s = 2;
  const auto known = std::find_if(known_.begin(), known_.end(),
                                  [&](const Known& k) { return k.name == tag.name; });
  if (known != known_.end() && (known->found || now - known->at < kLookAgain_s)) return *known;
  Known fresh{tag.name, std::nullopt, {}, now};
  try {
    fresh.found = model_->loras.look({tag.name});
  } catch (const Error& e) {
    fresh.trouble = e.message();
  }
  if (known != known_.end()) return *known = std::move(fresh);
  known_.push_back(std::move(fresh));
  return known_.back();
}

std::vector<LoraChip> LoraWatch::chips(const Settings& settings, double now) {
  std::vector<LoraChip> chips;
  if (!model_ || !model_->loras.look) return chips;
  const auto add = [&](const std::vector<LoraTag>& tags, bool on) {
    for (std::size_t i = 0; i < tags.size(); ++i) {
      const Known& known = look(tags[i], now);
      chips.push_back({tags[i], on, i, known.found, known.trouble});
    }
  };
  add(lora_tags(settings.draft.prompt), true);
  add(settings.off_loras, false);
  std::erase_if(known_, [&](const Known& known) {
    return std::none_of(chips.begin(), chips.end(),
                        [&](const LoraChip& chip) { return chip.tag.name == known.name; });
  });
  return chips;
}

}  // namespace headroom
