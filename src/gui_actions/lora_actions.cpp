#include "headroom/gui_actions/lora_actions.h"

#include "headroom/core/error.h"
#include "headroom/gui_state/lora_chips.h"

#include <algorithm>
#include <utility>

namespace headroom {

void LoraActions::put_prompt(std::string prompt) {
  context_.state.draft.prompt = prompt;
  context_.state.new_prompt = std::move(prompt);
}

void LoraActions::open_list() {
  context_.state.open_sheet(UiState::Sheet::kLoras);
  context_.state.loras_asked = true;
}

void LoraActions::add(const std::filesystem::path& file) {
  UiState& state = context_.state;
  const auto opened = context_.services.session.current();
  if (!opened->loras.add) return;
  try {
    const std::string name = opened->loras.add(file);
    state.remember_lora(file);
    state.resolve(UiState::kAboutLora);
    state.loras_changed = true;
    const auto tags = lora_tags(state.draft.prompt);
    if (std::any_of(tags.begin(), tags.end(), [&](const auto& tag) { return tag.name == name; }))
      return;
    state.record();
    std::erase_if(state.off_loras, [&](const LoraTag& tag) { return tag.name == name; });
    put_prompt(with_lora(state.draft.prompt, {name}));
    state.record();
  } catch (const Error& e) {
    state.add_banner({.text = e.message(), .about = UiState::kAboutLora});
  }
}

void LoraActions::set_strength(const LoraChip& chip, double strength) {
  UiState& state = context_.state;
  LoraTag tag = chip.tag;
  tag.strength = strength;
  if (chip.on) {
    put_prompt(with_lora(state.draft.prompt, chip.place, tag));
  } else {
    state.off_loras.at(chip.place) = tag;
  }
}

void LoraActions::toggle(const LoraChip& chip) {
  UiState& state = context_.state;
  state.record();
  const auto place = static_cast<std::ptrdiff_t>(chip.place);
  if (chip.on) {
    put_prompt(with_lora(state.draft.prompt, chip.place, std::nullopt));
    state.off_loras.push_back(chip.tag);
  } else {
    state.off_loras.erase(state.off_loras.begin() + place);
    put_prompt(with_lora(state.draft.prompt, chip.tag));
  }
  state.record();
}

void LoraActions::remove(const LoraChip& chip) {
  UiState& state = context_.state;
  state.record();
  const auto place = static_cast<std::ptrdiff_t>(chip.place);
  if (chip.on) {
    put_prompt(with_lora(state.draft.prompt, chip.place, std::nullopt));
  } else {
    state.off_loras.erase(state.off_loras.begin() + place);
  }
  state.record();
}

}  // namespace headroom
