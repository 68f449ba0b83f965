#include "headroom/gui_actions/prompt_actions.h"

#include "headroom/gui_actions/undo_notes.h"

#include <utility>

namespace headroom {

void PromptActions::set(const std::string& prompt) {
  UiState& state = context_.state;
  replace_settings(state, say("note.prompt"), [&] { state.draft.prompt = prompt; });
  state.new_prompt = prompt;
}

void PromptActions::older() { put(context_.state.history.older(context_.state.draft.prompt)); }

void PromptActions::newer() { put(context_.state.history.newer()); }

void PromptActions::put(std::optional<std::string> prompt) {
  if (!prompt) return;
  UiState& state = context_.state;
  state.record();  // what was typed so far becomes a separate step
  state.draft.prompt = *prompt;
  state.record();
  state.new_prompt = std::move(prompt);
}

}  // namespace headroom
