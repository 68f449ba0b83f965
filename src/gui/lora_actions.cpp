// What Actions does with LoRAs.
#include "headroom/gui_state/lora_chips.h"

#include "actions.h"

#include <algorithm>
#include <utility>

namespace headroom {

void Actions::put_prompt(std::string prompt) {
  state_.draft.prompt = prompt;
  state_.new_prompt = std::move(prompt);
}

void Actions::add_lora(const std::filesystem::path& file) {
  const auto opened = services_.session.current();
  if (!opened->loras.add) return;
  try {
    const std::string name = opened->loras.add(file);
    state_.remember_lora(file);
    state_.resolve(UiState::kAboutLora);
    state_.loras_changed = true;
    const auto tags = lora_tags(state_.draft.prompt);
    if (std::any_of(tags.begin(), tags.end(), [&](const auto& tag) { return tag.name == name; }))
      return;
    state_.record();
    std::erase_if(state_.off_loras, [&](const LoraTag& tag) { return tag.name == name; });
    put_prompt(with_lora(state_.draft.prompt, {name}));
    state_.record();
  } catch (const Error& e) {
    state_.add_banner({.text = e.message(), .about = UiState::kAboutLora});
  }
}

void Actions::set_lora(const LoraChip& chip, double strength) {
  LoraTag tag = chip.tag;
  tag.strength = strength;
  if (chip.on) {
    put_prompt(with_lora(state_.draft.prompt, chip.place, tag));
  } else {
    state_.off_loras.at(chip.place) = tag;
  }
}

void Actions::switch_lora(const LoraChip& chip) {
  state_.record();
  const auto place = static_cast<std::ptrdiff_t>(chip.place);
  if (chip.on) {
    put_prompt(with_lora(state_.draft.prompt, chip.place, std::nullopt));
    state_.off_loras.push_back(chip.tag);
  } else {
    state_.off_loras.erase(state_.off_loras.begin() + place);
    put_prompt(with_lora(state_.draft.prompt, chip.tag));
  }
  state_.record();
}

void Actions::remove_lora(const LoraChip& chip) {
  state_.record();
  const auto place = static_cast<std::ptrdiff_t>(chip.place);
  if (chip.on) {
    put_prompt(with_lora(state_.draft.prompt, chip.place, std::nullopt));
  } else {
    state_.off_loras.erase(state_.off_loras.begin() + place);
  }
  state_.record();
}

}  // namespace headroom
